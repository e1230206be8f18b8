import { asOrderId } from '#kernel/ids.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { OrderView } from '#payments/lifecycle/order-view.ts';
import { fitLines, line, weights } from '../text/fit.ts';
import { address, bold } from '../text/html.ts';
import { type Button, isButtonUrl, type Presentation, type View } from '../text/view.ts';
import { formatTime } from '../text/words.ts';

/** A link to hand to the customer: alone on its line, so that it copies in one tap. */
export function paymentLink(order: OrderView, options: Presentation & { buttons: 'full' | 'plain' }): View {
  const { payment } = order;
  const url = payment?.checkout_url ?? null;
  const head = [bold(order.number), asked(order)];
  if (payment !== null) head.push(providerTitle(payment.provider));
  const lines = [line(`🔗 ${head.join(' · ')}`, weights.must)];
  if (url === null) lines.push(line('The provider gave no link.', weights.must));
  else lines.push(line(address(url, 1000), weights.must));
  if (payment !== null) lines.push(line(`Open until ${formatTime(Date.parse(payment.expires_at), options)}`));
  const buttons: Button[][] = [];
  if (url !== null && isButtonUrl(url)) buttons.push([{ text: 'Open payment page', url }]);
  if (options.buttons === 'full') {
    buttons.push([
      { text: `Order ${order.number}`, callback: { kind: 'order', act: 'show', id: asOrderId(order.id) } },
    ]);
  }
  return { text: fitLines(lines), keyboard: buttons };
}

/** What the link is over: the order's sum, or the rest of it where only that is asked for. */
function asked({ payment, amount, currency }: OrderView): string {
  const whole = `${amount} ${currency}`;
  if (payment === null || payment.amount === amount) return bold(whole);
  return `${bold(`${payment.amount} ${payment.currency}`)} of ${whole}`;
}
