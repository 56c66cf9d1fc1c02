import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { closedPort, loopback } from '../kit/loopback.ts';
import { type TestProduct, testProduct } from '../kit/product.ts';
import { temporaryFolder } from '../kit/server.ts';

export interface Configured {
  readonly id: string;
  readonly kind: 'prometheus' | 'alertmanager';
  readonly url: string;
}

/** The product with the given sources, one behind whose address nobody listens, and one that takes requests and never answers. */
export async function withDeadAndSlow(sources: readonly Configured[], files: readonly string[] = []): Promise<TestProduct> {
  const kind = sources[0]!.kind;
  const slow = await loopback(() => {});
  const all = [...sources, { id: 'dead', kind, url: `http://127.0.0.1:${await closedPort()}` }, { id: 'slow', kind, url: slow.url }];
  const config = join(temporaryFolder(), 'sre-copilot.yaml');
  writeFileSync(config, stringify({ sources: all }));
  return await testProduct(files, { config });
}
