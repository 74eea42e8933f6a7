import type { RecordDefinition } from '../platform/records/record.definition.js';
import { attendance } from './attendance/attendance.resource.js';
import { citations } from './citations/citations.resource.js';
import { factions } from './factions/factions.resource.js';
import { mandates } from './mandates/mandates.resource.js';
import { meetings } from './meetings/meetings.resource.js';
import { members } from './members/members.resource.js';
import { mergers } from './mergers/mergers.resource.js';
import { milestones } from './milestones/milestones.resource.js';
import { motions } from './motions/motions.resource.js';
import { participants } from './participants/participants.resource.js';
import { people } from './people/people.resource.js';
import { predictions } from './predictions/predictions.resource.js';
import { sources } from './sources/sources.resource.js';
import { stances } from './stances/stances.resource.js';
import { successions } from './successions/successions.resource.js';
import { transitions } from './transitions/transitions.resource.js';
import { voteEvents } from './vote-events/vote-events.resource.js';
import { votes } from './votes/votes.resource.js';

/** Every resource of the design, in its order. A new one is declared in its folder and added here. */
export const resources: readonly RecordDefinition[] = [
  factions,
  people,
  members,
  mergers,
  participants,
  stances,
  milestones,
  transitions,
  meetings,
  attendance,
  motions,
  voteEvents,
  votes,
  mandates,
  predictions,
  successions,
  sources,
  citations,
];
