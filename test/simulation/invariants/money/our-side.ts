// What the product's database says of orders, payments and cases.
import type { Look } from '../look.ts';

export interface OrderRow extends Record<string, unknown> {
  id: string;
  number: number;
  status: string;
  amount_minor: number;
  currency: string;
}

export interface PaymentRow extends Record<string, unknown> {
  id: string;
  order_id: string;
  provider: string;
  reference: string | null;
  status: string;
  creation: string;
  amount_minor: number;
  currency: string;
  paid_at: number | null;
  held_at: number | null;
  accepted_at: number | null;
  mismatched_at: number | null;
  created_at: number;
  updated_at: number;
}

interface CaseRow extends Record<string, unknown> {
  kind: string;
  status: string;
  resolution: string | null;
  order_id: string | null;
  payment_id: string | null;
  provider: string | null;
  reference: string | null;
}

export interface Subject {
  orderId?: string | undefined;
  paymentId?: string | undefined;
  provider?: string | undefined;
  reference?: string | null | undefined;
}

export interface OurSide {
  readonly orders: readonly OrderRow[];
  readonly payments: readonly PaymentRow[];
  paymentsOf(orderId: string): readonly PaymentRow[];
  findPayment(provider: string, reference: string): PaymentRow | undefined;
  /** An admin is asked to decide about it, or has decided: what ended by itself names nothing any more. */
  isNamed(subject: Subject, kinds: readonly string[]): boolean;
  /** An admin vouched for the order, or wrote off what is missing. */
  isVouchedFor(orderId: string): boolean;
}

/** Statuses in which an order counts as paid; refunds are counted beside it. */
export const countedStatuses: readonly string[] = ['paid', 'fulfilled', 'partially_refunded', 'refunded'];

const read = new WeakMap<Look, OurSide>();

/** Read once for each look. */
export function ourSideOf(look: Look): OurSide {
  const known = read.get(look);
  if (known !== undefined) return known;
  const { rows } = look;
  const orders = rows<OrderRow>('select id, number, status, amount_minor, currency from orders');
  const payments = rows<PaymentRow>(
    `select id, order_id, provider, reference, status, creation, amount_minor, currency, paid_at, held_at, accepted_at,
       mismatched_at, created_at, updated_at from payments`,
  );
  const cases = rows<CaseRow>(
    'select kind, status, resolution, order_id, payment_id, provider, reference from cases',
  ).filter(({ status, resolution }) => status !== 'resolved' || (resolution !== null && resolution !== 'by_itself'));
  const vouched = rows<{ subject: string }>(
    "select subject from audit_records where action in ('order.mark_paid', 'order.write_off')",
  );
  const vouchedFor = new Set(vouched.map(({ subject }) => subject));
  for (const { order_id: id, accepted_at: at } of payments) if (at !== null) vouchedFor.add(`order:${id}`);
  const byOrder = Map.groupBy(payments, (payment) => payment.order_id);
  const byReference = new Map(payments.map((payment) => [`${payment.provider} ${payment.reference}`, payment]));
  const side: OurSide = {
    orders,
    payments,
    paymentsOf: (orderId) => byOrder.get(orderId) ?? [],
    findPayment: (provider, reference) => byReference.get(`${provider} ${reference}`),
    isNamed: (subject, kinds) => cases.some((one) => kinds.includes(one.kind) && isAbout(one, subject)),
    isVouchedFor: (orderId) => vouchedFor.has(`order:${orderId}`),
  };
  read.set(look, side);
  return side;
}

function isAbout(one: CaseRow, { orderId, paymentId, provider, reference }: Subject): boolean {
  if (orderId !== undefined && one.order_id === orderId) return true;
  if (paymentId !== undefined && one.payment_id === paymentId) return true;
  return reference !== undefined && reference !== null && one.provider === provider && one.reference === reference;
}
