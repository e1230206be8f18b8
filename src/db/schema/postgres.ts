import * as alerts from './postgres-alerts.ts';
import * as messaging from './postgres-messaging.ts';
import * as orders from './postgres-orders.ts';
import * as outages from './postgres-outages.ts';
import * as payments from './postgres-payments.ts';

export const postgresTables = { ...orders, ...payments, ...messaging, ...alerts, ...outages };
