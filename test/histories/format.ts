import proto, { type temporal } from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;
export type History = temporal.api.history.v1.IHistory;

// not the SDK's own conversion: it wants a single copy of protobufjs, which a package manager does not promise

/** An event a line: a change shows where it is, and a long history stays a small file. */
export function toText(history: History): string {
  const { events } = History.toObject(History.fromObject(history), {
    longs: String,
    enums: String,
    bytes: String,
  });
  return `{"events": [\n${events.map((event: unknown) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

export const fromText = (text: string): History => History.fromObject(JSON.parse(text));
