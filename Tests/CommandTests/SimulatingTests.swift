import Foundation
import Testing

extension CommandTests {
  @Suite struct Simulating {
    /// A world, its log and its truth; the live report is the replayed one, and it scores well.
    @Test func scoresAReportAgainstTheTruth() throws {
      let scratch = try Scratch()
      let (log, truth) = (scratch.path + "/log", scratch.path + "/truth.json")
      let live = try Program.run([
        "simulate", "--swarm", "--seed", "3", "--log", log, "--truth", truth, "--format", "json",
      ])
      #expect(live.status == 0)
      #expect(live.errors.hasPrefix("title: swarm 3\n"))
      #expect(try Program.run(["replay", log, "--format", "json"]).output == live.output)

      let report = try scratch.write(live.output, "report.json")
      let text = try Program.run(["score", truth, report])
      #expect(text.status == 0, "\(text.errors)")
      #expect(text.output.contains(/\n  recall +1\.000 +1\.000\n/), "\(text.output)")

      struct Scores: Decodable {
        struct Score: Decodable {
          var of: String
          var single_f1: Double?
          var probes: Double
        }
        var format: String
        var scores: [Score]
      }
      let json = try Program.run(["score", truth, report, "--format", "json"]).output
      let scores = try JSONDecoder().decode(Scores.self, from: Data(json.utf8))
      #expect(scores.format == "outage-score/1")
      #expect(scores.scores.map(\.of) == ["report", "oracle"])
      #expect(scores.scores[0].single_f1 == 1)
      #expect(scores.scores[0].probes > 10_000)

      // Another run's report is refused, and so is a part of this one's.
      let part = try scratch.write(
        Program.run(["replay", log, "--target", "t0", "--format", "json"]).output, "part.json")
      let refused = try Program.run(["score", truth, part])
      #expect(refused.status == 65)
      #expect(refused.errors.contains("print the whole report of the same run"))

      // The scenario that the seed drew is one like any other.
      let drawn = try scratch.write(live.errors, "swarm.yaml")
      let again = try Program.run(["simulate", drawn, "--format", "json"])
      #expect(again.output == live.output, "\(again.errors)")
    }

    @Test func asksAtAnotherInterval() throws {
      let scratch = try Scratch()
      let scenario = try scratch.write(
        "start: 2014-12-22T00:00:00Z\nlength: 1d\ntargets: {a: x}\nweather: [{loss: 1%}]\n",
        "s.yaml")
      func probes(_ arguments: [String]) throws -> Int {
        let output = try Program.run(["simulate", scenario, "--format", "json"] + arguments).output
        return try Report(output).probes ?? 0
      }
      #expect(try probes(["--plain"]) == 2880)
      #expect(try probes([]) > 2880)
      #expect(try probes(["--plain", "--every", "5m", "--length", "2d"]) == 576)
    }

    @Test func saysWhatAParameterChanges() throws {
      let scratch = try Scratch()
      let scenario = try scratch.write(
        """
        every: 30s
        drawn: |
          a ..........xxxxxxxxxxxxxxx..........xxx........
        """, "s.yaml")
      let log = scratch.path + "/log"
      #expect(try Program.run(["simulate", scenario, "--log", log]).status == 0)
      let diff = ["replay", log, "--set", "detection.sustained=10m"]
      let text = try Program.run(diff + ["--diff"]).output
      #expect(
        text == """
          0 lost, 0 gained, 1 changed, 1 as before
          ~ 1 Jan 00:04:45 ±15s  blip of a, 7m 30s: was outage before

          """)
      // The same against a report that was printed before.
      let report = try scratch.write(
        Program.run(["replay", log, "--format", "json"]).output, "before.json")
      #expect(try Program.run(diff + ["--against", report]).output == text)
      let json = try Program.run(diff + ["--diff", "--format", "json"]).output
      #expect(json.contains(#""format":"outage-diff/1""#))
      let same = try Program.run(["replay", log, "--against", report]).output
      #expect(same == "0 lost, 0 gained, 0 changed, 2 as before\n")
    }

    /// The bench, on one small world: all contestants, and the same table twice.
    @Test func benchPrintsTheSameTableTwice() throws {
      let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardized.path
      let bench = URL(fileURLWithPath: Program.path).deletingLastPathComponent()
        .appendingPathComponent("detection-bench").path
      func run(_ arguments: [String]) throws -> Program.Result {
        let errors = NSTemporaryDirectory() + UUID().uuidString
        defer { unlink(errors) }
        let child = try Child(
          [bench, "--worlds", root + "/data/worlds", "--only", "plain 2s", "--seeds", "7"]
            + arguments,
          environment: [:], errors: errors)
        child.closeInput()
        let output = String(
          decoding: try FileHandle(fileDescriptor: child.output).readToEnd() ?? Data(),
          as: UTF8.self)
        return Program.Result(status: child.wait(), output: output, errors: "")
      }
      let table = try run([])
      #expect(table.status == 0)
      #expect(table.output.hasPrefix("1 worlds, 187200 probes"), "\(table.output)")
      for name in ["uptime-kuma 3", "Nagios", "IODA", "outage, watching", "the oracle"] {
        #expect(table.output.contains("\n\(name)"), "\(table.output)")
      }
      #expect(try run([]).output == table.output)
      let sweep = try run(["--sweep", "detection.sustained=1m..5m"]).output
      for value in ["\n1m ", "\n2m ", "\n3m ", "\n5m "] { #expect(sweep.contains(value)) }
    }
  }
}
