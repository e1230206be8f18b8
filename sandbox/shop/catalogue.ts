// What the toy shop sells. Prices are decimal strings, as they go over the wire.

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly about: string;
  readonly price: string;
  /** Picks the picture on the shop's page. */
  readonly look: 'waves' | 'letters' | 'leaves';
}

export const currency = 'USD';

export const products = [
  {
    sku: 'NIGHTFALL',
    name: 'Nightfall Sample Pack',
    about: '240 loops and one-shots, WAV, 24 bit',
    price: '24.00',
    look: 'waves',
  },
  {
    sku: 'MERIDIAN',
    name: 'Meridian Type Family',
    about: 'Twelve fonts, desktop and web license',
    price: '49.00',
    look: 'letters',
  },
  {
    sku: 'FIELDNOTES',
    name: 'Fieldnotes Pro',
    about: 'A license key for one year, two devices',
    price: '89.00',
    look: 'leaves',
  },
] as const satisfies readonly Product[];

export function findProduct(sku: string): Product | undefined {
  return products.find((product) => product.sku === sku);
}
