/** The address of the founding story's merger. */
export const STORY = 'mqm-unification';

/** The Wednesday on which the committee met. */
export const MEETING_DAY = '2022-12-28';

/** The day on which the report appeared with which Accord begins. */
export const REPORT_DAY = '2022-12-30';

/** The Sunday on which the parties were to merge, as some had it. */
export const SUNDAY = '2023-01-01';
