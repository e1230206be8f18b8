import { accountingPlants } from './accounting.ts';
import { adminPlants } from './admins.ts';
import { collectPlants } from './collect.ts';
import { databasePlants } from './database.ts';
import { lifecyclePlants } from './lifecycle.ts';
import { messagingPlants } from './messaging.ts';
import type { Plant } from './plant.ts';
import { refundPlants } from './refunds.ts';
import { syncPlants } from './sync.ts';

export const plants: readonly Plant[] = [
  ...messagingPlants,
  ...lifecyclePlants,
  ...collectPlants,
  ...refundPlants,
  ...syncPlants,
  ...accountingPlants,
  ...adminPlants,
  ...databasePlants,
];

/** Throws for a name that no plant has. */
export function getPlant(name: string): Plant {
  const plant = plants.find((one) => one.name === name);
  if (plant === undefined)
    throw new Error(`there is no plant ${name}; there are ${plants.map((one) => one.name).join(', ')}`);
  return plant;
}
