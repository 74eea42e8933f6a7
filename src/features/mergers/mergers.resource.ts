import { defineRecord } from '../../platform/records/record.definition.js';
import { MergerBody } from './mergers.dto.js';
import {
  bringAnnouncementBack,
  closeTogether,
  planAnnouncement,
  purgeAnnouncementAlong,
  takeAnnouncementAlong,
} from './mergers.rules.js';

export const mergers = defineRecord({
  type: 'mergers',
  title: 'Merger',
  description: 'One attempt to unite. It is made together with its one announcement milestone.',
  body: MergerBody,
  nameField: 'title',
  dateField: 'startedOn',
  span: { start: 'startedOn', revoked: 'closedOn' },
  periods: [['startedOn', 'closedOn']],
  rules: {
    check: closeTogether,
    created: planAnnouncement,
    retracting: takeAnnouncementAlong,
    restoring: bringAnnouncementBack,
    purging: purgeAnnouncementAlong,
  },
});
