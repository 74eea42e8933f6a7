/** A record as it is stored: its body as JSON text. */
export interface StoredRecord {
  readonly id: string;
  readonly version: number;
  readonly retracted: boolean;
  readonly json: string;
}

/** A record in a list, with the key that it is sorted by. */
export interface ListedRecord {
  readonly id: string;
  readonly key: string;
  readonly json: string;
}
