import { z } from 'zod';
import { idText, unixSeconds } from '../kit/body-fields.ts';

// BTCPay Server: Greenfield API, Webhooks.

const webhookSchema = z.object({
  id: idText,
  url: z.string(),
  enabled: z.boolean(),
  authorizedEvents: z.object({ everything: z.boolean(), specificEvents: z.array(z.string()).nullish() }),
});
export type StoreWebhook = z.infer<typeof webhookSchema>;
export const webhooksSchema = z.array(webhookSchema);

export const deliveriesSchema = z
  .array(
    z.object({
      timestamp: unixSeconds,
      httpCode: z.string().nullish(),
      status: z.string(),
    }),
  )
  .transform((deliveries) =>
    deliveries.map(({ timestamp, httpCode, status }) => ({
      at: timestamp,
      isTaken: status === 'HttpSuccess',
      httpStatus: httpCode ? Number(httpCode) : null,
    })),
  );
