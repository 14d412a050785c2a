import Outages
import Testing

@testable import Plans

private let schemes: Set<String> = ["http", "https", "tcp", "tls", "ftp"]

@Suite struct PlanTests {
  private func plan(_ text: String) throws(Problems) -> Plan {
    try Plan(yaml: text, path: "plan.yaml", schemes: schemes)
  }

  @Test func readsAll() throws {
    let plan = try plan(
      """
      vantage: tokyo
      every: 30s
      timeout: 5s
      detection: {sustained: 10m, gap: 3}
      sentinels:
        quad9: tcp://9.9.9.9:443
        cloudflare: tls://1.1.1.1:443
      targets:
        kcna: http://175.45.176.71/
        naenara: {url: "http://[2001:db8::1]:8080/x", every: 10s, timeout: 1s, expect: {status: 200-399}}
        odd: {url: https://host/, expect: {status: [200, 300-302]}}
      groups:
        north-korea: {title: North Korea, members: [kcna, naenara], behind: quad9}
        other: {members: [odd], behind: north-korea}
      """)
    var detection = Detection()
    detection.sustained = .minutes(10)
    detection.gap = 3
    let every = Duration.seconds(30)
    #expect(
      plan.session
        == Session(
          vantage: "tokyo",
          targets: [
            Target(name: "quad9", every: every, isSentinel: true),
            Target(name: "cloudflare", every: every, isSentinel: true),
            Target(name: "kcna", every: every), Target(name: "naenara", every: .seconds(10)),
            Target(name: "odd", every: every),
          ],
          groups: [
            Group(
              name: "north-korea", title: "North Korea", members: ["kcna", "naenara"],
              behind: "quad9"),
            Group(name: "other", members: ["odd"], behind: "north-korea"),
          ],
          detection: detection))
    #expect(
      plan.probes[3] == Probe(url: "http://[2001:db8::1]:8080/x", timeout: .seconds(1)))
    #expect(plan.probes[4].settings.expectation.statuses == [200...200, 300...302])
  }

  @Test func hasDefaults() throws {
    let plan = try plan("targets: {web: 'https://example.org/'}")
    #expect(plan.session.vantage == "local")
    #expect(plan.session.targets == [Target(name: "web", every: .seconds(30))])
    #expect(plan.probes == [Probe(url: "https://example.org/", timeout: .seconds(5))])
    // A timeout that was not given leaves room for short intervals.
    #expect(
      try self.plan("{every: 2s, targets: {a: 'tcp://h:1'}}").probes[0].timeout == .seconds(1))
  }

  @Test(
    arguments: [
      ("", ["plan.yaml: the file is empty"]),
      ("a: [", ["plan.yaml:2:1: not YAML: did not find expected node content"]),
      ("just text", ["1:1: here must be keys and values", "1:1: there are no targets"]),
      ("every: 30s", ["1:1: there are no targets; name at least one"]),
      ("targets: {}", ["1:10: there are no targets; name at least one"]),
      (
        "targets: {a: 'tcp://h:1'}\nevrey: 30s", ["2:1: unknown key 'evrey'; did you mean 'every'?"]
      ),
      ("targets: {a: 'tcp://h:1'}\nx: 1", ["2:1: unknown key 'x'; known are vantage, every"]),
      (
        "targets: {a: 'tcp://h:1'}\nevery: 30",
        [
          "2:8: '30' is not a duration from 100ms to 1d, like 30s or 1h30m; the unit is missing: 30s?"
        ]
      ),
      ("targets: {a: 'tcp://h:1'}\nevery: 1ms", ["2:8: '1ms' is not a duration from 100ms to 1d"]),
      ("targets: {a: 'tcp://h:1'}\nevery: [1]", ["2:8: here must be a duration from 100ms to 1d"]),
      (
        "targets: {a: 'tcp://h:1'}\nevery: 2s\ntimeout: 2s",
        ["3:10: the timeout 2s must be shorter than every (2s)"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\ntimeout: 11s",
        ["2:10: '11s' is not a duration from 10ms to 9s"]
      ),
      (
        "targets: {a: {url: 'tcp://h:1', every: 1s, timeout: 1s}}",
        ["1:53: the timeout 1s must be shorter than every (1s)"]
      ),
      ("targets: {a: {every: 1s}}", ["1:14: there is no url; add one"]),
      (
        "targets: {a: example.org}",
        [
          "1:14: 'example.org' has no scheme; write it out, like https://example.org or tcp://example.org:443"
        ]
      ),
      (
        "targets: {a: 'htps://h/'}",
        ["1:14: this machine's libcurl does not speak 'htps'; did you mean 'https'?"]
      ),
      (
        "targets: {a: 'gopher://h/'}",
        ["1:14: this machine's libcurl does not speak 'gopher'; it speaks ftp, http"]
      ),
      ("targets: {a: 'tcp://h'}", ["1:14: tcp needs a port, like tcp://h:443"]),
      ("targets: {a: 'tcp://h:0'}", ["1:14: ':0' is no port; write a number from 1 to 65535"]),
      ("targets: {a: 'http:///x'}", ["1:14: 'http:///x' names no host"]),
      ("targets: {a: 'http://[::1'}", ["1:14: 'http://[::1' lacks the ']' after the address"]),
      (
        "targets: {a: {url: 'tcp://h:1', expect: {status: 200}}}",
        ["1:50: tcp has no status to expect; remove this, or use http or https"]
      ),
      (
        "targets: {a: {url: 'tcp://h:1', behind: b}}",
        ["1:41: 'b' is no other target or group"]
      ),
      ("targets: {a: 'http://[]/x'}", ["1:14: 'http://[]/x' names no host"]),
      (
        "targets: {a: 'http://h/a b'}",
        ["1:14: 'http://h/a b' has white space in it; write it as %20"]
      ),
      (
        "targets: {a: {url: 'http://h/', expect: {status: ok}}}",
        ["1:50: 'ok' is not a status or a range of them, like 200-399"]
      ),
      (
        "targets: {a: {url: 'http://h/', expect: {status: 399-200}}}",
        ["1:50: '399-200' is not a status"]
      ),
      (
        "targets: {a: {url: 'http://h/', expect: {stats: 200}}}",
        ["1:42: unknown key 'stats'; did you mean 'status'?"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\nmaintenance: [{of: b, every: sun, at: '03:00', for: 30m}]",
        ["2:20: 'b' is no target and no group"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\nmaintenance: [{every: someday, at: '03:00', for: 30m}]",
        ["2:23: 'someday' is not 'day', and no day of the week like sat or [sat, sun]"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\nmaintenance: [{every: sun, at: 3, for: 30m}]",
        ["2:32: '3' is no time of day, like '03:00'; mind the quotes"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\nmaintenance: [{every: sun, at: '03:00', for: 30m, timezone: Mars}]",
        ["2:61: 'Mars' is no time zone"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\nmaintenance: [{from: 2014-12-24T00:00:00Z}]",
        ["2:15: a window that comes once needs both 'from' and 'until'"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\nmaintenance: [{from: 2014-12-24T00:00:00Z, until: 2014-12-23T00:00:00Z}]",
        ["2:51: the window must begin before it ends"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\nmaintenance: [{title: x}]",
        ["2:15: a window needs 'from' and 'until', or 'every', 'at' and 'for'"]
      ),
      ("targets: {a: 'tcp://h:1', a: 'tcp://h:2'}", ["1:11: a key stands here twice: a"]),
      (
        "targets: {a: 'tcp://h:1'}\nsentinels: {a: 'tcp://s:1', b: 'tcp://t:1'}",
        ["1:11: 'a' is a sentinel already"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\nsentinels: {b: 'tcp://t:1'}",
        ["2:12: one sentinel proves nothing; name two or more"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\ndetection: {sustained: 0s}",
        ["2:24: '0s' is not a duration from 1s to ten years, like 5m"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\ndetection: {sustaind: 5m}",
        ["2:13: unknown key 'sustaind'; did you mean 'sustained'?"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\ndetection: {gap: 1}",
        ["2:18: '1' is not a number of intervals from 1.5 to 100, like 2.5"]
      ),
      (
        "targets: {alpha: 'tcp://h:1'}\ngroups: {g: {members: [alhpa]}}",
        ["2:24: 'alhpa' is no target; did you mean 'alpha'?"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\ngroups: {g: {members: [a, a]}}", ["2:27: 'a' stands here twice"]
      ),
      ("targets: {a: 'tcp://h:1'}\ngroups: {g: {members: []}}", ["2:23: a group needs members"]),
      ("targets: {a: 'tcp://h:1'}\ngroups: {g: {}}", ["2:13: there are no members; add them"]),
      (
        "targets: {a: 'tcp://h:1'}\ngroups: {a: {members: [a]}}",
        ["2:10: 'a' is a target already; give the group another name"]
      ),
      (
        "targets: {a: 'tcp://h:1'}\ngroups: {g: {members: [a], behind: g}}",
        ["2:36: 'g' is no other target or group"]
      ),
      (
        "targets: {a: {url: 'tcp://h:1', behind: g}, b: 'tcp://h:1'}\ngroups: {g: {members: [b], behind: a}}",
        [
          "1:41: 'a' is behind itself, by way of others; leave one 'behind' out",
          "2:36: 'g' is behind itself, by way of others; leave one 'behind' out",
        ]
      ),
      (
        "targets: {a: {url: 'tcp://h:1', behind: h}, b: 'tcp://h:1'}\ngroups: {g: {members: [a]}, h: {members: [b], behind: g}}",
        ["2:55: 'h' is behind itself, by way of others; leave one 'behind' out"]
      ),
    ] as [(String, [String])])
  func namesEachProblem(_ text: String, _ problems: [String]) {
    do {
      _ = try plan(text)
      Issue.record("this was taken for a plan")
    } catch {
      let found = error.list.map(\.description)
      #expect(found.count == problems.count, "\(found)")
      for (found, problem) in zip(found, problems) {
        #expect(found.contains(problem), "\(found)")
      }
    }
  }

  @Test(arguments: [
    ("targets:\n\ta: tcp://h:1", "indent with spaces, not tabs"),
    ("every: 30s\n  timeout: 5s", "is a line above indented otherwise"),
  ])
  func saysWhatIsWrongWithYAML(_ text: String, _ remedy: String) {
    do {
      _ = try plan(text)
      Issue.record("this was taken for a plan")
    } catch {
      #expect(error.description.contains(remedy), "\(error)")
    }
  }

  @Test func blamesNobodyForNamingARefusedTarget() {
    do {
      _ = try plan("targets: {a: nothing, b: 'tcp://h:1'}\ngroups: {g: {members: [a, b]}}")
      Issue.record("this was taken for a plan")
    } catch {
      #expect(error.list.map(\.line) == [1])
    }
  }

  @Test func readsMaintenance() throws {
    let plan = try plan(
      """
      targets: {a: 'tcp://h:1', b: 'tcp://h:2'}
      groups: {g: {members: [a, b]}}
      maintenance:
        - {title: card, of: [g], from: 2014-12-24T00:00:00Z, until: 2014-12-24T04:00:00Z}
        - {of: a, every: [sat, sunday], at: "03:30", for: 30m, timezone: Europe/Berlin}
        - {every: day, at: "00:00", for: 5m}
      """)
    let (card, weekend, all) = (
      plan.session.maintenance[0], plan.session.maintenance[1], plan.session.maintenance[2]
    )
    let day = try #require(Instant(rfc3339: "2014-12-24T00:00:00Z"))
    #expect(card == Maintenance(title: "card", scopes: ["g"], when: .once(day..<day + .hours(4))))
    guard case .recurring(let recurrence) = weekend.when, case .recurring(let daily) = all.when
    else {
      Issue.record("\(weekend), \(all)")
      return
    }
    #expect(recurrence.days == [5, 6] && recurrence.from == .minutes(210))
    #expect(recurrence.lasting == .minutes(30) && recurrence.zone.name == "Europe/Berlin")
    #expect(daily.days.count == 7 && daily.zone == .utc && all.scopes == [])
  }

  @Test func namesAllProblemsAtOnceInTheirOrder() {
    do {
      _ = try plan(
        """
        evry: 30s
        timeout: 1h
        targets:
          a: nothing
          b: {url: 'tcp://h', evry: 1s}
        groups: {g: {members: [c]}}
        """)
      Issue.record("this was taken for a plan")
    } catch {
      #expect(error.list.map { $0.line ?? 0 } == [1, 2, 4, 5, 5, 6])
    }
  }
}
