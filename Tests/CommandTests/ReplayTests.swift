import Foundation
import Testing

extension CommandTests {
  @Suite struct Replaying {
    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../..").standardized.path

    private var kept: String { root + "/data/logs/north-korea-2014-12.ndjson.zst" }

    /// 22 December 2014, as Dyn Research told it.
    @Test func tellsTheStoryOfNorthKorea() throws {
      let report = try Report(Program.run(["replay", kept, "--format", "json"]).output)
      let outages = report.episodes.filter { $0.kind == "outage" && $0.parent == nil }
      let expected = [
        ("2014-12-22T16:15:00.000Z", "2014-12-23T01:46:00.000Z"),
        ("2014-12-23T15:41:00.000Z", "2014-12-23T16:12:00.000Z"),
        ("2014-12-27T10:30:00.000Z", "2014-12-27T15:30:00.000Z"),
      ]
      #expect(outages.map(\.scope) == Array(repeating: ["group": "north-korea"], count: 3))
      for (outage, (start, end)) in zip(outages, expected) {
        #expect((outage.start.earliest ?? "") < start && start <= outage.start.latest)
        #expect((outage.end?.earliest ?? "") < end && end <= outage.end?.latest ?? "")
      }
      let text = try Program.run(["replay", kept]).output
      #expect(text.contains("North Korea         9h 31m  "))
      // The flaps before it are blips, all of them, and one instability of a day owns them.
      let before = report.episodes.filter { $0.start.latest < "2014-12-22T16:14" }
      #expect(before.count > 100)
      #expect(before.allSatisfy { $0.kind == "blip" || $0.kind == "instability" })
      let unstable = before.filter { $0.kind == "instability" && $0.parent == nil }
      #expect(unstable.map(\.scope) == [["group": "north-korea"]])
      #expect(unstable[0].start.latest < "2014-12-21T16")
      #expect(unstable[0].end?.latest ?? "" == outages[0].start.latest)
    }

    @Test func saysWhy() throws {
      let text = try Program.run(["why", "latest", kept]).output
      #expect(text.hasPrefix("outage "))
      #expect(text.contains(" of north-korea\n  began     27 Dec 2014 10:29:53 ±16s\n"))
      #expect(text.contains("27 Dec 10:29:58  net-177  ok           0.990  up\n"))
      #expect(text.contains(/27 Dec 10:30:08  net-179  timeout      0\.5\d\d  doubtful\n/))
      #expect(text.contains("← declared"))
      #expect(text.contains(/chance\s+together\s+less\s+than\s+once\s+in\s+ten\s+months/))

      struct Explanation: Decodable {
        struct Probe: Decodable {
          var target: String
          var ok: Bool
          var belief: Double
          var state: String
        }
        var episode: Report.Episode
        var because: [String]
        var probes: [Probe]
      }
      // Each kind of episode has its reasons, and the probes that they stand on.
      let report = try Report(Program.run(["replay", kept, "--format", "json"]).output)
      for kind in Set(report.episodes.map(\.kind)) {
        let id = try #require(report.episodes.first { $0.kind == kind }).id
        let output = try Program.run(["why", id, kept, "--format", "json"]).output
        let explanation = try JSONDecoder().decode(Explanation.self, from: Data(output.utf8))
        #expect(explanation.episode.id == id)
        let reasons = explanation.because.joined(separator: "\n")
        #expect(reasons.contains("4 of its 4 members fell") || kind == "instability")
        #expect(reasons.contains("Gamma–Poisson") == (kind == "instability"))
        #expect(explanation.probes.contains { !$0.ok && $0.belief < 0.1 && $0.state == "down" })
      }
    }

    /// A note made afterwards takes an outage out of the count, and leaves the log as it was.
    @Test func heedsNotes() throws {
      let scratch = try Scratch()
      let log = scratch.path + "/probes.ndjson"
      let scenario = root + "/data/scenarios/strips.yaml"
      #expect(try Program.run(["simulate", scenario, "--log", log]).status == 0)
      let before = try Data(contentsOf: URL(fileURLWithPath: log))
      let timeline = ["timeline", "--data", scratch.path]
      func outages() throws -> [Int] {
        try Report(Program.run(timeline + ["--format", "json"]).output).targets.map(\.outages)
      }
      #expect(try outages() == [2, 1, 1])
      let noted = try Program.run([
        "note", "new line card", "--from", "2000-01-01T00:10:00Z", "--to", "2000-01-01T00:16:00Z",
        "--target", "east", "--data", scratch.path,
      ])
      #expect(noted.status == 0, "\(noted.errors)")
      #expect(try outages() == [1, 1, 1])
      let text = try Program.run(timeline + ["--width", "120"]).output
      #expect(text.contains("maintenance: new line card"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: log)) == before)
      let replayed = try Program.run(["replay", log, "--notes", scratch.path + "/notes.ndjson"])
      #expect(replayed.output == (try Program.run(timeline).output))
    }

    /// What was told twice is not known, and the report says why.
    @Test func saysWhenTheClockWasSetBack() throws {
      let scratch = try Scratch()
      func line(_ second: Int) -> String {
        let (hour, minute) = (16 + second / 3600, second / 60 % 60 + 100)
        let time = "2014-12-22T\(hour):\("\(minute)".suffix(2)):\(second % 60 == 0 ? "00" : "30")Z"
        return #"{"time":"\#(time)","target":"a","ok":true}"#
      }
      let seconds = Array(stride(from: 0, to: 3600, by: 30)) + stride(from: 2400, to: 6000, by: 30)
      let log = scratch.path + "/log"
      try seconds.map(line).joined(separator: "\n")
        .write(toFile: log, atomically: true, encoding: .utf8)
      let replay = try Program.run(["replay", log, "--format", "json"])
      #expect(replay.errors.contains("the clock was set back here, by 19m 30s"))
      let report = try Report(replay.output)
      #expect(report.targets.map(\.unobserved_seconds) == [1170])
      #expect(report.episodes.map(\.cause) == ["clock-stepped"])
    }

    /// What may have been a brown-out, as it had others, and has crumbled by none of what followed.
    @Test func saysWhatToldAnOutageFromABrownOut() throws {
      let scratch = try Scratch()
      let calm = String(repeating: ".", count: 600)
      let brownOut = "xx.xx..x.x..xxx..x.x.x.xx..x.x..x.x." + calm
      let row = calm + brownOut + brownOut + brownOut + brownOut + "xxxx" + calm
      let log = try scratch.log(of: row, every: 300)
      let text = try Program.run(["why", "latest", log]).output
      #expect(text.contains(/a dozen answers in a\s+row had followed it/), "\(text)")
      // The probe that decided is shown, an hour after.
      #expect(text.contains(/ok +0\.990  up  ← declared\n/), "\(text)")
    }

    @Test func isWhatTheScenarioMakes() throws {
      let scratch = try Scratch()
      let log = scratch.path + "/log"
      let scenario = root + "/data/scenarios/north-korea-2014-12.yaml"
      let live = try Program.run(["simulate", scenario, "--log", log, "--format", "json"])
      #expect(live.status == 0, "\(live.errors)")
      #expect(try Program.run(["replay", log, "--format", "json"]).output == live.output)
      #expect(try Program.run(["replay", kept, "--format", "json"]).output == live.output)
    }

    @Test func readsStandardInputAndSelects() throws {
      let log = try String(
        decoding: Data(contentsOf: URL(fileURLWithPath: root + "/data/scenarios/strips.yaml")),
        as: UTF8.self)
      let scratch = try Scratch()
      let scenario = try scratch.write(log, "strips.yaml")
      let path = scratch.path + "/log"
      #expect(try Program.run(["simulate", scenario, "--log", path]).status == 0)
      let lines = try String(contentsOfFile: path, encoding: .utf8)

      let piped = try Program.run(["replay", "-", "--format", "json"], input: lines)
      #expect(try piped.output == Program.run(["replay", path, "--format", "json"]).output)

      let one = try Report(
        Program.run(["replay", path, "--target", "east", "--format", "json"]).output)
      #expect(one.targets.map(\.name) == ["east"])
      #expect(Set(one.episodes.flatMap(\.scope.values)) == ["east", "local"])

      let group = try Report(
        Program.run(["replay", path, "--group", "pair", "--format", "json"]).output)
      #expect(group.targets.map(\.name) == ["east", "west"])

      let part = try Report(
        Program.run([
          "replay", path, "--since", "2000-01-01T00:10:00Z", "--until", "2000-01-01T00:16:00Z",
          "--format", "json",
        ]).output)
      #expect(part.from == "2000-01-01T00:10:00.000Z")
      #expect(part.to == "2000-01-01T00:16:00.000Z")
      for target in part.targets {
        #expect(target.observed_seconds + target.unobserved_seconds == 360)
      }
    }

    @Test func answersWhatIf() throws {
      let scenario = root + "/data/scenarios/strips.yaml"
      let scratch = try Scratch()
      let log = scratch.path + "/log"
      #expect(try Program.run(["simulate", scenario, "--log", log]).status == 0)
      func outages(_ sustained: String) throws -> Int {
        let arguments = ["replay", log, "--set", "detection.sustained=\(sustained)"]
        let report = try Report(Program.run(arguments + ["--format", "json"]).output)
        return report.episodes.count { $0.kind == "outage" }
      }
      #expect(try outages("1m") == 5)
      #expect(try outages("3m") == 3)
      #expect(try outages("4m") == 1)
      #expect(try outages("1h") == 0)
    }

    /// What `why` says of another `sustained` is so.
    @Test(arguments: [
      ("xxxxxxxxx", "with detection.sustained=4m it would be an outage", true),
      ("xx", "with a shorter detection.sustained it would still be none", false),
    ])
    func saysWhatWouldBeOtherwise(_ blip: String, _ said: String, _ isOutage: Bool) throws {
      let calm = String(repeating: ".", count: 600)
      let scratch = try Scratch()
      let log = try scratch.log(of: calm + blip + calm, every: 30)
      func report(_ sustained: String) throws -> Report {
        let set = ["--set", "detection.sustained=\(sustained)"]
        return try Report(Program.run(["replay", log, "--format", "json"] + set).output)
      }
      let episode = try #require(try report("5m").episodes.first)
      #expect(episode.kind == "blip")
      let text = try Program.run(["why", episode.id, log]).output
      #expect(text.replacing(/\s+/, with: " ").contains(said), "\(text)")
      #expect(
        try report(isOutage ? "4m" : "1s").episodes.map(\.kind) == [isOutage ? "outage" : "blip"])
    }

    @Test func judgesByAPlan() throws {
      let scratch = try Scratch()
      let csv = (0..<40).map { number in
        let time = "2014-12-22T12:\(number < 10 ? "0" : "")\(number):00Z"
        return
          "\(time),a,\((10..<20).contains(number) ? 0 : 1)\n\(time),b,\((10..<20).contains(number) ? 0 : 1)"
      }
      let log = try scratch.write(
        "time,target,ok\n" + csv.joined(separator: "\n") + "\n", "log.csv")
      let plan = try scratch.write(
        """
        vantage: osaka
        every: 1m
        targets: {a: 'tcp://127.0.0.1:1', b: 'tcp://127.0.0.1:2'}
        groups: {both: {members: [a, b]}}
        """, "plan.yaml")
      let report = try Report(
        Program.run(["replay", log, "--plan", plan, "--format", "json"]).output)
      let alone = report.episodes.filter { $0.parent == nil }
      #expect(alone.map(\.scope) == [["group": "both"]])
    }

    /// Memory does not grow with the log: a log of 60 MB, watched while it is read.
    @Test func streams() throws {
      let running = try Running(["replay", "-", "--format", "json"])
      var chunk = ""
      for number in 0..<700_000 {
        let second = number / 50 * 10
        let (day, time) = (1 + second / 86_400, second % 86_400)
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        chunk +=
          #"{"time":"2014-12-\#(two(day))T\#(two(time / 3600)):\#(two(time / 60 % 60)):\#(two(time % 60)).\#(100 + number % 50)Z","target":"host-\#(number % 50)","ok":true,"ms":182.4}"#
          + "\n"
        if chunk.utf8.count > 1 << 20 {
          running.write(chunk)
          chunk = ""
        }
      }
      running.write(chunk)
      let status = try String(contentsOfFile: "/proc/\(running.id)/status", encoding: .utf8)
      let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let kilobytes = peak.flatMap { Int($0.filter(\.isNumber)) } ?? .max
      let result = running.end()
      #expect(result.status == 0, "\(result.errors)")
      #expect(kilobytes < 64 * 1024)
    }
  }
}
