import type { FileKind } from '../../bundle/recognise.ts';
import type { CatalogSource } from '../../model/source.ts';
import type { Catalog } from './catalog.ts';
import { answerOf } from './evidence.ts';
import { load } from './loading.ts';
import type { FilesOptions } from './options.ts';

export const CATALOG_KINDS: ReadonlySet<FileKind> = new Set<FileKind>(['catalog', 'runbook']);

/** Service catalogs and runbooks among the files. */
export function catalogSource(catalog: Catalog, options: FilesOptions): CatalogSource {
  return {
    async read(io) {
      const { files, notes, complete } = await load(catalog, CATALOG_KINDS, io);
      const data = {
        entries: files.flatMap(({ content }) => content.catalog ?? []),
        runbooks: files.flatMap(({ content }) => content.runbooks ?? []),
      };
      return answerOf(data, complete, notes, {
        source: options.id,
        signal: 'catalog',
        query: files.map(({ file }) => file.name).join(', ') || 'no file',
        window: { start: 0, end: io.now },
        complete,
        request: {},
      });
    },
  };
}
