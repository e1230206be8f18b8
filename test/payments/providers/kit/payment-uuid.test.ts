import { expect, test } from 'vitest';
import { asPaymentId, asRefundId } from '#kernel/ids.ts';
import { madeAt, paymentUuid, refundUuid } from '#payments/providers/kit/payment-uuid.ts';

test('the key of a payment has the form of version 4, is always the same, and differs from payment to payment', () => {
  const id = asPaymentId('01a20511-a491-7000-aa0f-178ceb2bab98');
  expect(paymentUuid(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(paymentUuid(id)).toBe('8a4bc6ad-5327-438b-aad4-4324d0738862');
  expect(paymentUuid(asPaymentId('01a20511-a491-7000-aa0f-178ceb2bab99'))).not.toBe(paymentUuid(id));
});

test('the key of a refund is always the same, and another one than that of a payment with the same id', () => {
  const id = '01a20511-a491-7000-aa0f-178ceb2bab98';
  expect(refundUuid(asRefundId(id))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(refundUuid(asRefundId(id))).toBe(refundUuid(asRefundId(id)));
  expect(refundUuid(asRefundId(id))).not.toBe(paymentUuid(asPaymentId(id)));
});

test('a payment id tells when it was made', () => {
  expect(madeAt(asPaymentId('01a20511-a491-7000-aa0f-178ceb2bab98'))).toBe(0x01a20511a491);
  expect(madeAt(asPaymentId('something else'))).toBe(0);
});
