// Q6, Q12, Q13, Q14: a running `crun serve`, and the least that a service could do.
#include <csignal>

#include "bench/bench.hpp"
#include "bench/daemon.hpp"
#include "bench/limits/limits.hpp"
#include "bench/statistics.hpp"
#include <fmt/format.h>

namespace crun::bench {
namespace {

constexpr int idle_seconds = 10;
constexpr auto no_service = "it has no service";

/// A row of webhooks, of which `of` says what counts.
Row measure_webhooks(
    const Bench& bench,
    Daemon& daemon,
    const LeastService& least,
    Row row,
    double (*of)(const Delivery&)) {
  row.unit = "ms";
  row.absent["act"] = no_service;
  const auto same_connection = [](Wire sender, const std::string&) { return sender; };
  const auto request = push_webhook(
      std::string(40, '1'), std::string(40, '2'), "of the least service", "least-delivery");
  return compare(
      std::move(row),
      {{"crun", [&] { return of(daemon.deliver_push()); }},
       {"limit", [&] { return of(deliver(least.port(), request, same_connection)); }}},
      bench.settings);
}

Row measure_recovery(const Bench& bench, Daemon& daemon) {
  Row row{
      .id = "Q14.recovery",
      .what = fmt::format(
          "kill -9 of the daemon until the next one answers, with {} runs in its list",
          daemon.runs()),
      .unit = "ms",
      .goal = {.at_most = 100}};
  row.absent["act"] = no_service;
  return compare(
      std::move(row),
      {{"crun", [&] { return daemon.recover(); }},
       {"limit",
        [&] { return reopened(daemon.database(), bench.folder / "reopened").milliseconds; }}},
      bench.settings);
}

/// A count that no busy neighbour moves: measured once.
Row counted(Row row, double value) {
  row.figures["crun"] = figure_of({value});
  row.absent["act"] = no_service;
  row.absent["limit"] = "nothing needs to be there while nothing happens";
  return row;
}

Row measure_wakeups(const Daemon& daemon, Row row) {
  row.unit = "1/s";
  return counted(std::move(row), daemon.wakeups(idle_seconds));
}

double lag(const Delivery& delivery) {
  return percentile(delivery.lags, 0.5);
}

}  // namespace

Rows measure_service(const Bench& bench) {
  Daemon daemon(bench);
  daemon.start("0");
  const LeastService least(bench.folder / "least", marked_script());
  const auto webhooks = [&](Row row, double (*of)(const Delivery&)) {
    return measure_webhooks(bench, daemon, least, std::move(row), of);
  };
  Rows rows;
  rows.push_back(webhooks(
      {.id = "Q13.answer",
       .what = "a webhook until its answer names the run: fetched, matched, stored"},
      [](const Delivery& delivery) { return delivery.answered; }));
  rows.push_back(webhooks(
      {.id = "Q13.webhook",
       .what = "a webhook until the first line of its run's log is on the event stream",
       .goal = {.at_most = 3}},
      [](const Delivery& delivery) { return delivery.first_line; }));
  rows.push_back(webhooks(
      {.id = "Q6.live",
       .what = "a line written by a step until the event stream has it",
       .goal = {.at_most = 5}},
      lag));
  rows.push_back(counted(
      {.id = "Q12.memory",
       .what = fmt::format("resident memory of an idle daemon, after {} runs", daemon.runs()),
       .unit = "MB",
       .goal = {.at_most = 12}},
      daemon.memory("VmRSS")));
  rows.push_back(counted(
      {.id = "Q12.anonymous",
       .what = "of that its own: neither the program's file nor a library's",
       .unit = "MB"},
      daemon.memory("RssAnon")));
  rows.push_back(measure_wakeups(
      daemon,
      {.id = "Q12.wakeups",
       .what = "wake-ups a second of an idle daemon",
       .goal = {.at_most = 0}}));
  rows.push_back(measure_recovery(bench, daemon));
  daemon.stop(SIGTERM);
  daemon.start("2s");
  rows.push_back(measure_wakeups(
      daemon,
      {.id = "Q12.polling",
       .what = "wake-ups a second of a daemon that looks at one repository every 2 s"}));
  return rows;
}

}  // namespace crun::bench
