// Sending webhooks: what else is looked for by those who send.

import { Migration } from '@mikro-orm/migrations';

export class WebhookDelivery extends Migration {
  override name = '0029-webhook-delivery';

  override up(): void {
    this.addSql(`
-- Tokens on their way to endpoints that are not confirmed: what else waits for these may be much.
create index delivery_handshake on delivery (subscription_id, next_at)
  where kind = 'HANDSHAKE' and state in ('PENDING', 'FAILED');
`);
  }
}
