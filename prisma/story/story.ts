/** The address of the founding story's merger. */
export const STORY = 'mqm-unification';

/** The Wednesday on which the committee met. */
export const MEETING_DAY = '2022-12-28';

/** The day on which it was reported. */
export const REPORT_DAY = '2022-12-30';
