-- A partner that was made through the graph names the graph's customer, and is found by it.
alter table erp_business_partner add column customer text generated always as (body ->> 'YY1_CustomerId') stored unique;
