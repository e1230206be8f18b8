// All that may happen in a history.
import { buyer } from '../steps/buyers/buyer.ts';
import { crowd } from '../steps/buyers/crowd.ts';
import { foreignPayment, refundByHand } from '../steps/buyers/dashboard.ts';
import { helpedBuyer } from '../steps/buyers/helped-buyer.ts';
import { payhipBuyer, payhipForger } from '../steps/buyers/payhip-buyer.ts';
import { shopRefund } from '../steps/buyers/shop-refund.ts';
import { faults } from '../steps/faults/faults.ts';
import { adminSession } from '../steps/people/admin-session.ts';
import { bookkeeper } from '../steps/people/bookkeeper.ts';
import { shopkeeper } from '../steps/people/shopkeeper.ts';
import { strangerChat } from '../steps/people/stranger-chat.ts';
import { restore } from '../steps/restore.ts';
import { scraper } from '../steps/scraper.ts';
import { stranger } from '../steps/stranger.ts';
import type { StepKind } from './step-kind.ts';

export const steps = {
  buyer,
  crowd,
  helpedBuyer,
  payhipBuyer,
  payhipForger,
  foreignPayment,
  refundByHand,
  shopRefund,
  restore,
  adminSession,
  bookkeeper,
  shopkeeper,
  strangerChat,
  ...faults,
  scraper,
  stranger,
} as const satisfies Readonly<Record<string, StepKind>>;

export type StepName = keyof typeof steps;
