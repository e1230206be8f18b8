import { parseOrderNumber } from '#orders/order.ts';
import { defineScreen } from '../../kit/screen.ts';
import { confirmCancel, confirmDelivered, onOrderButton } from './order-actions.ts';
import { drawPlainOrder, openOrder, runOrder } from './order-cards.ts';
import { onOrdersButton, runFind, runOrders } from './order-list.ts';
import { askForOverride, confirmMarkPaid, confirmWriteOff } from './override.ts';
import { runPay } from './pay.ts';

export const ordersScreen = defineScreen({
  commands: [
    {
      command: 'orders',
      usage: '',
      description: 'orders, newest first',
      section: 'Orders',
      permission: 'orders.read',
      run: runOrders,
    },
    {
      command: 'order',
      usage: 'NUMBER',
      description: 'one order, by its number',
      section: 'Orders',
      permission: 'orders.read',
      run: runOrder,
    },
    {
      command: 'find',
      usage: 'TEXT',
      description: 'by number, reference, e-mail, amount or transaction',
      section: 'Orders',
      permission: 'orders.read',
      run: runFind,
    },
    {
      command: 'pay',
      usage: 'AMOUNT CURRENCY [NOTE]',
      description: 'a new order with a payment link',
      section: 'Orders',
      permission: 'orders.create',
      run: runPay,
    },
  ],
  buttons: {
    orders: { permission: 'orders.read', run: onOrdersButton },
    order: {
      permission: {
        show: 'orders.read',
        back: 'orders.read',
        check: 'orders.check',
        link: 'orders.create',
        cancel: 'orders.cancel',
        deliver: 'orders.fulfil',
        refund: 'refunds.request',
        paid: 'orders.override',
        writeoff: 'orders.override',
        accept: 'channel_orders.review',
        remember: 'channel_orders.review',
        reject: 'channel_orders.review',
      },
      run: onOrderButton,
    },
  },
  confirmations: {
    'order.cancel': { permission: 'orders.cancel', carryOut: confirmCancel },
    'order.deliver': { permission: 'orders.fulfil', carryOut: confirmDelivered },
    'order.mark_paid': { permission: 'orders.override', carryOut: confirmMarkPaid },
    'order.write_off': { permission: 'orders.override', carryOut: confirmWriteOff },
  },
  openers: {
    order: { permission: 'orders.read', open: openOrder, plain: drawPlainOrder },
    override: { permission: 'orders.override', open: askForOverride },
  },
  readStartWord(word) {
    const number = parseOrderNumber(word);
    return number === undefined ? undefined : { screen: 'order', order: { number } };
  },
});
