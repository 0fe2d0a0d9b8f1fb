/** The functions of PAC files that compare the current time. Their last value may be `GMT`, for that time zone. Pure. */

const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** What clocks and calendars show. */
interface Moment {
  readonly year: number;
  /** 0 to 11. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** `weekdayRange("MON")`, `weekdayRange("MON", "FRI")`: both days included. */
export function weekdayRange(now: Date, values: readonly unknown[]): boolean {
  const { moment, rest } = timeZone(now, values);
  const [first = -1, last = first] = rest.map((value) => DAYS.indexOf(String(value).toUpperCase()));
  return first >= 0 && last >= 0 && isBetween(first, moment.weekday, last);
}

/** `timeRange(8)`, `timeRange(8, 17)`, `timeRange(8, 30, 17, 15)`, with seconds as well: the last unit is included whole. */
export function timeRange(now: Date, values: readonly unknown[]): boolean {
  const { moment, rest } = timeZone(now, values);
  const numbers = rest.map(Number);
  if (![1, 2, 4, 6].includes(numbers.length) || numbers.some((value) => !(value >= 0))) return false;
  const half = Math.ceil(numbers.length / 2);
  const start = numbers.slice(0, half);
  const end = numbers.length === 1 ? start : numbers.slice(half);
  const [hour = 0, minute = 0, second = 0] = start;
  const [lastHour = 0, lastMinute = 59, lastSecond = 59] = end;
  return isBetween(
    seconds(hour, minute, second),
    seconds(moment.hour, moment.minute, moment.second),
    seconds(lastHour, lastMinute, lastSecond),
  );
}

/** `dateRange(1)`, `dateRange("JAN")`, `dateRange(2026)`, and from one date to another: `dateRange(24, "DEC", 6, "JAN")`. */
export function dateRange(now: Date, values: readonly unknown[]): boolean {
  const { moment, rest } = timeZone(now, values);
  if (![1, 2, 4, 6].includes(rest.length)) return false;
  const half = Math.ceil(rest.length / 2);
  const start = dateFields(rest.slice(0, half));
  const end = rest.length === 1 ? start : dateFields(rest.slice(half));
  if (start === undefined || end === undefined || [...start.keys()].some((field) => !end.has(field))) {
    return false;
  }
  const number = (fields: ReadonlyMap<DateField, number>) =>
    DATE_FIELDS.reduce((sum, field) => sum * 10_000 + (fields.get(field) ?? 0), 0);
  const current = new Map([...start.keys()].map((field) => [field, moment[field]] as const));
  return isBetween(number(start), number(current), number(end));
}

type DateField = "year" | "month" | "day";
const DATE_FIELDS: readonly DateField[] = ["year", "month", "day"];

function dateFields(values: readonly unknown[]): ReadonlyMap<DateField, number> | undefined {
  const fields = new Map<DateField, number>();
  for (const value of values) {
    const month = MONTHS.indexOf(String(value).toUpperCase());
    const number = month >= 0 ? month : Number(value);
    const field = month >= 0 ? "month" : number > 31 ? "year" : "day";
    if (!Number.isInteger(number) || number < 0 || fields.has(field)) return undefined;
    fields.set(field, number);
  }
  return fields;
}

/** Where the first is after the last, over the end of the day, week or year. */
function isBetween(first: number, value: number, last: number): boolean {
  return first <= last ? first <= value && value <= last : value >= first || value <= last;
}

function seconds(hour: number, minute: number, second: number): number {
  return (hour * 60 + minute) * 60 + second;
}

function timeZone(
  now: Date,
  values: readonly unknown[],
): { readonly moment: Moment; readonly rest: readonly unknown[] } {
  const last = values.findLastIndex((value) => value !== undefined);
  if (values[last] !== "GMT") return { moment: localMoment(now), rest: values.slice(0, last + 1) };
  // The same clock and calendar, read as if it were here.
  return {
    moment: localMoment(new Date(now.getTime() + now.getTimezoneOffset() * 60_000)),
    rest: values.slice(0, last),
  };
}

function localMoment(date: Date): Moment {
  return {
    year: date.getFullYear(),
    month: date.getMonth(),
    day: date.getDate(),
    weekday: date.getDay(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
  };
}
