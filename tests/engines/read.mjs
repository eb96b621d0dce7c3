// Reads iCalendar objects with one of two engines, and prints what it understood as JSON. Starting Node is slow, so
// many objects are read at once: standard input is {"engine": "ical.js", "written": ["BEGIN:VCALENDAR…", …]}.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";

const only = (component, name) => {
  const found = component.getAllProperties(name);
  if (found.length > 1) throw new Error(`${found.length} of ${name}`);
  return found.length ? found[0].getFirstValue() : null;
};

const withIcaljs = (written) => {
  const calendar = new ICAL.Component(ICAL.parse(written));
  const instant = (event, name) => {
    const time = only(event, name);
    // A zone that the object does not explain would be read as the clock of this machine.
    if (time.zone === ICAL.Timezone.localTimezone) throw new Error(`${name} is in no known zone`);
    return time.convertToZone(ICAL.Timezone.utcTimezone).toString();
  };
  return {
    method: only(calendar, "method"),
    entries: calendar.getAllSubcomponents("vevent").map((event) => ({
      uid: only(event, "uid"),
      sequence: only(event, "sequence"),
      stamped_at: instant(event, "dtstamp"),
      starts_at: instant(event, "dtstart"),
      ends_at: instant(event, "dtend"),
      status: only(event, "status"),
      summary: only(event, "summary"),
      seen_as: only(event, "class"),
      description: only(event, "description"),
      attendees: event.getAllProperties("attendee").map((each) => each.getFirstValue()),
      organizer: only(event, "organizer"),
    })),
  };
};

const withNodeIcal = (written) => {
  const parts = Object.values(ical.sync.parseICS(written));
  const value = (it) => (it === undefined ? null : (it?.val ?? it));
  return {
    method: value(parts.find((part) => part.type === "VCALENDAR").method),
    entries: parts.filter((part) => part.type === "VEVENT").map((event) => ({
      uid: event.uid,
      sequence: event.sequence === undefined ? null : Number(event.sequence),
      stamped_at: event.dtstamp.toISOString(),
      starts_at: event.start.toISOString(),
      ends_at: event.end.toISOString(),
      status: value(event.status),
      summary: value(event.summary),
      seen_as: value(event.class),
      description: value(event.description),
      attendees: [event.attendee ?? []].flat().map(value),
      organizer: value(event.organizer),
    })),
  };
};

const asked = JSON.parse(readFileSync(0, "utf8"));
const read = { "ical.js": withIcaljs, "node-ical": withNodeIcal }[asked.engine];
console.log(JSON.stringify(asked.written.map(read)));
