// Times in the reader's own time zone; without scripts they stay in UTC.
"use strict";

function showTimes(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const when = new Date(time.dateTime);
    const today = when.toDateString() === new Date().toDateString();
    time.title = time.dateTime;
    time.textContent = today
      ? when.toLocaleTimeString()
      : when.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  }
}

showTimes(document);
