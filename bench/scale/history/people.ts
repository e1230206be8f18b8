// Who buys, and what. A third of the orders is from somebody who has bought before.
import type { OrderItem } from '#orders/order.ts';
import type { Stream } from '#test/simulation/engine/random.ts';
import { hexDigits } from './ids.ts';

const firstNames =
  'Ada Amir Ana Ben Carla Chen Dana Deniz Elif Emma Farid Hana Igor Ines Ivan Jana Joao Kemal Lars Lea Lin Maja Marco Mei Mila Nadia Noor Olga Omar Paula Rafael Rosa Sami Sofia Tariq Vera Viktor Yara Yusuf Zoë'.split(
    ' ',
  );
const lastNames =
  'Aydın Bauer Costa Dias Fischer García Haddad Horvat Ito Ivanova Jansen Kaya Khan Kowalski Lee Lopez Mäkinen Meyer Moreau Nguyen Novak Okafor Park Petrov Rossi Sato Silva Smith Tanaka Weber'.split(
    ' ',
  );
const domains = ['gmail.com', 'gmail.com', 'gmail.com', 'outlook.com', 'proton.me', 'icloud.com', 'example.org'];

export interface Buyer {
  name: string;
  email: string;
}

export function drawBuyer(chance: Stream, { buyers }: { buyers: number }): Buyer {
  // A buyer's number decides all about them, so that whoever comes again is the same.
  const number = chance.int(buyers);
  const first = firstNames[number % firstNames.length] ?? '';
  const last = lastNames[Math.floor(number / firstNames.length) % lastNames.length] ?? '';
  const ascii = `${first}.${last}`
    .normalize('NFD')
    .replaceAll(/[^A-Za-z.]/g, '')
    .toLowerCase();
  const domain = domains[number % domains.length] ?? '';
  return { name: `${first} ${last}`, email: `${ascii}${number}@${domain}` };
}

export interface Ware {
  sku: string;
  name: string;
  amountMinor: number;
}

const wareKinds = ['License', 'Course', 'Theme', 'E-book', 'Sample pack', 'Plugin', 'Preset pack', 'Font'];

export const wares: readonly Ware[] = Array.from({ length: 40 }, (_, index) => ({
  sku: `SKU-${String(index + 1).padStart(3, '0')}`,
  name: `${wareKinds[index % wareKinds.length]} ${index + 1}`,
  amountMinor: 500 + ((index * 7919) % 300) * 100 - 1,
}));

const firstWare: Ware = { sku: 'SKU-001', name: 'License 1', amountMinor: 499 };

export function drawItems(chance: Stream): OrderItem[] {
  const count = chance.pickWeighted([
    [1, 80],
    [2, 15],
    [3, 5],
  ]);
  return Array.from({ length: count }, () => {
    const ware = wares[chance.int(wares.length)] ?? firstWare;
    const quantity = chance.chance(0.9) ? 1 : 2;
    return { sku: ware.sku, name: ware.name, quantity, unitAmountMinor: ware.amountMinor };
  });
}

export function drawCurrency(chance: Stream): string {
  return chance.pickWeighted([
    ['USD', 75],
    ['EUR', 20],
    ['GBP', 5],
  ]);
}

export function drawReference(chance: Stream, number: number): string {
  return `shop-${number}-${hexDigits(chance, 6)}`;
}
