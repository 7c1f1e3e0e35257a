import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';

/** A row of `northwind-customers.csv`; what is missing is ''. White space is cleaned, nothing else. */
export interface CustomerRow {
  readonly id: string;
  readonly company: string;
  readonly contact: string;
  readonly title: string;
  readonly address: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly country: string;
  readonly phone: string;
}

/** Where an order went. */
export type ShipTo = Pick<CustomerRow, 'address' | 'city' | 'region' | 'postalCode' | 'country'> & {
  readonly name: string;
};

/** One order with its lines out of `northwind-orders.csv`. Amounts are exact decimals in US dollars. */
export interface Order {
  readonly id: string;
  readonly customer: string;
  /** Days such as `1997-08-25`. */
  readonly ordered: string;
  readonly shipped: string | null;
  readonly freight: string;
  readonly shipTo: ShipTo;
  readonly lines: readonly {
    readonly unitPrice: string;
    readonly quantity: string;
    readonly discount: string;
  }[];
}

/** The sample database as it is in the files. */
export interface Northwind {
  readonly customers: readonly CustomerRow[];
  /** In the order of their numbers. */
  readonly orders: readonly Order[];
}

const samples = new URL('../../../samples/', import.meta.url);

/** Reads the sample files of the repository. */
export async function readNorthwind(): Promise<Northwind> {
  const [customers, orders] = await Promise.all(
    ['northwind-customers.csv', 'northwind-orders.csv'].map((file) =>
      readFile(new URL(file, samples), 'utf8'),
    ),
  );
  return { customers: customersIn(customers ?? ''), orders: ordersIn(orders ?? '') };
}

const cellsOf = (text: string): string[][] =>
  parse(text, { bom: true, from_line: 2, relax_column_count: false });

const clean = (cell = '') => cell.replace(/\s+/g, ' ').trim();

function customersIn(text: string): CustomerRow[] {
  return cellsOf(text).map((cells) => {
    const [id = '', company = '', contact = '', title = '', ...rest] = cells.map(clean);
    const [address = '', city = '', region = '', postalCode = '', country = '', phone = ''] = rest;
    return { id, company, contact, title, address, city, region, postalCode, country, phone };
  });
}

/** The columns by their position: the header has OrderID twice. */
function ordersIn(text: string): Order[] {
  const rows = Map.groupBy(cellsOf(text), ([id]) => id ?? '');
  return [...rows].map(([id, lines]): Order => {
    const [, customer = '', , ordered = '', , shipped = '', , freight = '', ...to] = (lines[0] ?? []).map(
      clean,
    );
    const [name = '', address = '', city = '', region = '', postalCode = '', country = ''] = to;
    return {
      id,
      customer,
      ordered,
      shipped: shipped || null,
      freight,
      shipTo: { name, address, city, region, postalCode, country },
      lines: lines.map((cells) => {
        const [unitPrice = '', quantity = '', discount = ''] = cells.slice(16).map(clean);
        return { unitPrice, quantity, discount };
      }),
    };
  });
}
