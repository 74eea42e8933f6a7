import { Module } from '@nestjs/common';
import { ChangesController } from './changes.controller.js';
import { ChangesService } from './changes.service.js';
import { Feed } from './feed.js';

export { DescribeMergerIds } from './changes.openapi.js';
export type { ChangeRow } from './changes.db.js';
export {
  BEGINNING,
  Feed,
  cursorAfter,
  entryBefore,
  presentChange,
  takeMergerIds,
  type Part,
} from './feed.js';

/** The feed of all changes, and what others need to follow it. */
@Module({
  controllers: [ChangesController],
  providers: [ChangesService, Feed],
  exports: [Feed],
})
export class ChangesModule {}
