-- An account that was made through the graph names the graph's customer, and is found by it.
alter table crm_account add column customer text generated always as (body ->> 'Customer_Id__c') stored;
create unique index crm_account_customer on crm_account (customer) where not deleted;
