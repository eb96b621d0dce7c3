// Reads one iCalendar object from standard input, as Thunderbird would, and prints what it says as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const [event, ...others] = calendar.getAllSubcomponents("vevent");
if (!event || others.length) throw new Error("not exactly one VEVENT");

const only = (component, name) => {
  const found = component.getAllProperties(name);
  if (found.length > 1) throw new Error(`${found.length} of ${name}`);
  return found.length ? found[0].getFirstValue() : null;
};
const instant = (name) => {
  const time = only(event, name);
  // A zone that the object does not explain would be read as the clock of this machine.
  if (time.zone === ICAL.Timezone.localTimezone) throw new Error(`${name} is in no known zone`);
  return time.convertToZone(ICAL.Timezone.utcTimezone).toString();
};

console.log(JSON.stringify({
  method: only(calendar, "method"),
  uid: only(event, "uid"),
  sequence: only(event, "sequence"),
  starts_at: instant("dtstart"),
  ends_at: instant("dtend"),
  status: only(event, "status"),
  attendee: only(event, "attendee"),
  organizer: only(event, "organizer"),
  summary: only(event, "summary"),
  description: only(event, "description"),
}));
