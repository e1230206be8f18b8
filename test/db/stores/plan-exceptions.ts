// Statements whose plan on one of the engines walks or sorts. Whoever adds one says why it stays fast with a million orders.
const fewNamed = 'as many rows as are named, or belong to one order or payment';
const notProcessed = 'rows that are not processed yet';
const pruned = 'few rows, and retention deletes the old ones';
const live = 'cases that are not over, and those that retention has yet to delete';
const bounded = 'the quarantine keeps a bounded number';
const inOrder = 'an index in its order, as far as the limit reaches; one row at most, the draft, is passed over';
const chosenBefore = 'rows that the statement itself has chosen by an index';

/** Reads from end to end what does not grow with the orders. */
export const mayScan: Readonly<Record<string, string>> = {
  find_order_trigrams: 'what matches in the full-text index, newest first, as far as the limit reaches',
  sample_order_trigram: 'what matches in the full-text index, newest first, as far as the limit reaches',
  oldest_searched_subscription: 'an index in its order, as far as the limit reaches',
  find_last_closing: inOrder,
  list_closings: inOrder,
  fail_reconciliations: pruned,
  list_reconciliations_of: pruned,
  list_live_outages: pruned,
  list_outages: pruned,
  list_latest_outages: pruned,
  delete_old_outages: pruned,
  list_quarantined: bounded,
  count_quarantined: bounded,
  list_products_by_channel_key: 'the catalogue',
  list_newest_book_entries: chosenBefore,
  list_known_fees: chosenBefore,
  count_untold_orders: chosenBefore,
  list_bounds_of_days: 'as many days as /stats can show',
};

/** Sorts what does not grow with the orders. */
export const maySort: Readonly<Record<string, string>> = {
  find_order_trigrams: 'on PostgreSQL what has the trigrams of a text that few of the newest orders have',
  search_payments_by_id: fewNamed,
  search_payments_by_reference: fewNamed,
  search_payments_by_transaction: fewNamed,
  list_cases_by_keys: fewNamed,
  list_live_cases_by_keys: fewNamed,
  list_live_cases_for_order: fewNamed,
  list_live_cases_of_orders: fewNamed,
  list_cases_about: fewNamed,
  list_orders_by_ids: fewNamed,
  list_payments_of_orders: fewNamed,
  list_refunds_for_payments: fewNamed,
  list_fees_of_payments: fewNamed,
  list_subscriptions_by_reference: fewNamed,
  list_products_by_channel_key: fewNamed,
  list_cases_to_wake: live,
  list_live_cases_of_kind: live,
  list_cases_oldest_first: live,
  list_cases_newest_first: live,
  count_live_cases: live,
  outbox_claim: notProcessed,
  inbox_claim: notProcessed,
  list_untold_waiting: notProcessed,
  list_untold_dead: notProcessed,
  outbox_oldest_owed: notProcessed,
  outbox_make_owed_due: notProcessed,
  delete_old_marks: 'refunds whose sale never came',
  list_latest_outages: pruned,
  list_sizes_of_quarantined: bounded,
  list_quarantined: bounded,
  list_newest_book_entries: chosenBefore,
};
