// What a provider brings to the tests that all providers share.
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { ProviderCapabilities } from '#payments/ports/payment-provider.ts';
import type { RefundProvider } from '#payments/ports/refund-provider.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import type { Mutant } from '#test/mutation/mutant.ts';
import type { Delivery } from '#test/support/providers/sign-webhook.ts';

/** What a buyer does, and what the adapter shows of it then. */
export interface StateCase {
  visits: readonly VisitAction[];
  shows: Partial<PaymentSnapshot>;
  /** What came compared with what was asked for; left out while no money was seen. */
  paid?: -1 | 0 | 1;
}

/** A genuine delivery, in one of the forms that the provider may sign it in. */
export interface SignedForm {
  form: string;
  delivery: Delivery;
  /** The parts of the signature's header that the signature rests on: all must hold to the last character. */
  parts: readonly { text: string; alphabet: 'hex' | 'base64' | 'words' }[];
  /** Headers that are signed beside the body. */
  headers: readonly string[];
}

/** A genuine delivery with a single lie in it that only this provider's scheme knows. */
export interface Lie {
  lie: string;
  of(genuine: Delivery, about: { now: number; environment: Readonly<Record<string, string>> }): Delivery;
}

/** Something that no version of the documentation knows. */
export interface OddField {
  field: string;
  value: unknown;
  /** Our payment id cannot be read any more either. */
  hidesOurId?: true;
}

/** How a refund is made at the provider, without us. */
export interface RefundCase {
  /** What happens until the buyer has his money. */
  arrives: readonly VisitAction[];
  /** Somebody gives money back on the provider's own pages. */
  refundByHand(
    at: { sandbox: ProviderSandbox; now: () => number },
    refund: { reference: string; amount: string },
  ): Promise<unknown>;
}

/** What an adapter is expected to do, whatever it says of itself: the tests of it are chosen by this. */
export interface Abilities {
  canCreate: boolean;
  canFetch: boolean;
  canList: boolean;
  canCancel: boolean;
  canFindLostCreate: boolean;
  returnsOddPayments: boolean;
  /** Where the fee of a payment is read: in its snapshots, in a ledger of the provider, or nowhere. */
  fees: 'snapshot' | 'ledger' | 'none';
  refunds: RefundProvider['way'] | 'none';
  isSalesChannel: boolean;
  /** How many sentences of `gaps` an admin reads. */
  gaps: number;
}

export interface ProviderCase {
  /** With all settings of the simulated account. */
  abilities: Abilities;
  /** What the provider may say one day of a payment, in a field of its object that money rests on. */
  oddities: readonly OddField[];
  /** The ids by which an object in an answer is about a payment. */
  idsIn(object: object): readonly unknown[];
  /** What is different with less of them. */
  lesserSetUps: readonly { without: readonly string[]; abilities: Partial<Abilities> }[];
  /** Whether it searches for a payment before it creates one: then a fault of the create has to wait until it has searched. */
  looksBeforeCreate(capabilities: ProviderCapabilities): boolean;
  /** Calls that are refused in the normal case, such as a search for a payment that does not exist. */
  isRefusalUsual: boolean;
  /** What the page of a fresh checkout offers, in its order. */
  offers: readonly VisitAction[];
  states: readonly StateCase[];
  /** What customers do in a crowd, each as likely as the others, and what the provider's record says in the end. */
  customers: readonly { does: readonly VisitAction[]; ends: 'paid' | 'overpaid' | 'underpaid' | 'failed' }[];
  /** Left out where the adapter gives no money back. */
  refunds?: RefundCase;
  /** What could be wrong with its way to verify a webhook, beside what is wrong in what it shares with others. */
  mutants: readonly Mutant[];
  signedForms(genuine: Delivery): readonly SignedForm[];
  lies: readonly Lie[];
  canaries: {
    /** Second values of its secrets that may be rotated. */
    rotated: Readonly<Record<string, string>>;
    /** Wrong values of its secrets that have one value only. */
    single: Readonly<Record<string, string>>;
  };
}
