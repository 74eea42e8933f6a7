import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { CatchUp } from './stream.catch-up.js';
import { StreamController } from './stream.controller.js';
import { StreamKeys } from './stream.keys.js';
import { StreamService } from './stream.service.js';
import { StreamSettings } from './stream.settings.js';
import { StreamStarts } from './stream.start.js';
import { StreamTail } from './stream.tail.js';

/** The feed of all changes, as they happen. */
@Module({
  imports: [ChangesModule],
  controllers: [StreamController],
  providers: [CatchUp, StreamKeys, StreamService, StreamSettings, StreamStarts, StreamTail],
})
export class StreamModule {}
