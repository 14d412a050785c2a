import Foundation
import Glibc
import Outages
import Testing

extension CommandTests {
  @Suite struct Watching {
    private func now() -> String {
      let formatter = ISO8601DateFormatter()
      formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
      return formatter.string(from: Date())
    }

    @Test func tellsABlipFromAnOutage() throws {
      let nginx = try Nginx()
      let silent = try freePort()
      let scratch = try Scratch()
      let plan = try scratch.write(
        """
        vantage: here
        every: 500ms
        timeout: 450ms
        detection: {sustained: 2s}
        targets:
          web: http://127.0.0.1:\(nginx.port)/
          other: tcp://127.0.0.1:\(silent)
        """, "plan.yaml")
      let watch = try Running(["watch", plan, "--data", scratch.path, "--format", "json"])
      let log = try Tail(scratch.path + "/probes.ndjson")
      #expect(log.line(containing: #""target":"web","ok":true"#) != nil)
      let news = try Tail(watch.errors)

      // Two seconds are five probes; it is back as soon as its fall is known.
      nginx.stop()
      #expect(news.line(containing: "web: down") != nil)
      try nginx.start()
      #expect(news.line(containing: "web: up, the blip lasted") != nil)

      let beforeFall = now()
      nginx.stop()
      let afterFall = now()
      #expect(news.line(containing: "web: outage") != nil)
      let beforeReturn = now()
      try nginx.start()
      let afterReturn = now()
      #expect(news.line(containing: "web: up, the outage lasted") != nil)

      watch.signal(SIGTERM)
      let result = watch.end()
      #expect(result.status == 0, "\(result.errors)")
      let report = try Report(result.output)
      let episodes = report.episodes.filter { $0.scope == ["target": "web"] }
      #expect(episodes.map(\.kind) == ["blip", "outage"])
      let outage = try #require(episodes.last)
      // The true times lie in the bounds, as exactly as we know them ourselves.
      #expect((outage.start.earliest ?? "") <= afterFall && beforeFall <= outage.start.latest)
      #expect(
        (outage.end?.earliest ?? "") <= afterReturn && beforeReturn <= outage.end?.latest ?? "")

      // What was seen live is what the log says, to the byte.
      let replayed = try Program.run(
        ["replay", scratch.path + "/probes.ndjson", "--format", "json"])
      #expect(replayed.output == result.output)
      let timeline = try Program.run(["timeline", "--data", scratch.path, "--format", "json"])
      #expect(timeline.output == result.output)
    }

    @Test func probesOnce() throws {
      let nginx = try Nginx()
      let scratch = try Scratch()
      let closed = try freePort()
      let good = try scratch.write("targets: {web: 'http://127.0.0.1:\(nginx.port)/'}", "good.yaml")
      let bad = try scratch.write(
        "targets: {web: 'http://127.0.0.1:\(nginx.port)/', closed: 'tcp://127.0.0.1:\(closed)'}",
        "bad.yaml")
      let fine = try Program.run(["watch", good, "--once", "--data", scratch.path])
      #expect(fine.status == 0)
      #expect(fine.output.hasPrefix("web  ok"))
      let down = try Program.run(["watch", bad, "--once", "--data", scratch.path])
      #expect(down.status == 1)
      #expect(down.output.contains("closed  refused  Failed to connect"))
      // Both are on record.
      let log = try String(contentsOfFile: scratch.path + "/probes.ndjson", encoding: .utf8)
      #expect(log.split(separator: "\n").count == 5)
    }

    @Test func stopsByItself() throws {
      let scratch = try Scratch()
      let plan = try scratch.write(
        "{every: 100ms, targets: {a: 'tcp://127.0.0.1:\(freePort())'}}", "plan.yaml")
      let result = try Program.run(["watch", plan, "--for", "1s", "--data", scratch.path])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("never up"))
    }

    @Test func isAloneWithItsData() throws {
      let scratch = try Scratch()
      let plan = try scratch.write(
        "{every: 100ms, targets: {a: 'tcp://127.0.0.1:\(freePort())'}}", "plan.yaml")
      let first = try Running(["watch", plan, "--data", scratch.path])
      let log = try Tail(scratch.path + "/probes.ndjson")
      #expect(log.line(containing: #""target":"a""#) != nil)
      let second = try Program.run(["watch", plan, "--data", scratch.path])
      #expect(second.status == 75)
      #expect(second.errors.contains("is in use by process \(first.id);"))
      // Who only reads is not in the way.
      #expect(try Program.run(["timeline", "--data", scratch.path]).status == 0)
      first.signal(SIGINT)
      #expect(first.end().status == 0)
    }

    @Test func awaitsWhatIsInFlightUnlessAskedTwice() throws {
      let scratch = try Scratch()
      let silent = try Listener()
      let plan = try scratch.write(
        """
        every: 2s
        timeout: 1s
        targets: {silent: 'http://127.0.0.1:\(silent.port)/'}
        """, "plan.yaml")
      let watch = try Running(["watch", plan, "--data", scratch.path])
      // The first probe has come to us, and nothing answers it.
      silent.awaitConnection()
      watch.signal(SIGTERM)
      let result = watch.end()
      #expect(result.status == 0, "\(result.errors)")
      let log = try String(contentsOfFile: scratch.path + "/probes.ndjson", encoding: .utf8)
      #expect(log.contains(#""target":"silent","ok":false,"error":"timeout""#))
    }

    /// Fifty deaths at any moment: what was written stays, what was not watched is unobserved.
    @Test func survivesSuddenDeath() throws {
      let scratch = try Scratch()
      let nginx = try Nginx()
      let plan = try scratch.write(
        """
        every: 100ms
        targets:
          a: http://127.0.0.1:\(nginx.port)/a
          b: http://127.0.0.1:\(nginx.port)/b
          c: tcp://127.0.0.1:\(nginx.port)
        """, "plan.yaml")
      let path = scratch.path + "/probes.ndjson"
      var written = Data()
      for life in 0..<50 {
        let watch = try Running(["watch", plan, "--data", scratch.path])
        let log = try Tail(path, from: written.count)
        // It dies after so many lines, at whatever it is doing then.
        for _ in 0...(life * 7 % 11) { #expect(log.line(containing: "{") != nil) }
        watch.signal(SIGKILL)
        #expect(watch.end().status == -SIGKILL)
        let now = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(now.starts(with: written))
        written = now
      }

      // Each line but those torn by a death is whole: its time and target can be read here too.
      var times: [String: [Double]] = [:]
      var torn = 0
      for line in String(decoding: written, as: UTF8.self).split(separator: "\n") {
        let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        guard let object else {
          torn += 1
          continue
        }
        guard let time = object["time"] as? String, let target = object["target"] as? String else {
          continue
        }
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        times[target, default: []].append(formatter.date(from: time)?.timeIntervalSince1970 ?? 0)
      }
      #expect(torn <= 50)

      let replayed = try Program.run(["replay", path, "--format", "json"])
      #expect(replayed.status == 0, "\(replayed.errors)")
      let report = try Report(replayed.output)
      let all = times.values.flatMap { $0 }
      let (from, to) = (all.min() ?? 0, all.max() ?? 0)
      for target in report.targets {
        let seen = (times[target.name] ?? []).sorted()
        var unobserved = (seen.first ?? to) - from
        for (a, b) in zip(seen, seen.dropFirst()) where b - a > 0.2505 { unobserved += b - a - 0.1 }
        if let last = seen.last, to - last > 0.2505 { unobserved += to - last - 0.1 }
        #expect(abs(target.unobserved_seconds - unobserved) < 0.01, "\(target)")
      }
      #expect(report.targets.map(\.name) == ["a", "b", "c"])
      let dark = report.episodes.filter { $0.scope.keys.contains("vantage") }
      #expect(dark.allSatisfy { $0.cause == "daemon-off" })
    }

    @Test func watchesOnWhenNothingCanBeRecorded() throws {
      let scratch = try Scratch()
      let plan = try scratch.write(
        "{every: 100ms, targets: {a: 'tcp://127.0.0.1:\(freePort())'}}", "plan.yaml")
      // No file may grow beyond one kibibyte.
      let result = try Program.run(
        ["watch", plan, "--for", "2s", "--data", scratch.path],
        wrapper: ["bash", "-c", "ulimit -f 1; exec \"$@\"", "bash"])
      #expect(result.status == 74)
      #expect(
        result.errors.contains(
          "cannot write \(scratch.path)/probes.ndjson: File too large; watching on"))
      #expect(result.errors.contains("observations could not be recorded"))
      // What was recorded before can be read.
      let replayed = try Program.run([
        "replay", scratch.path + "/probes.ndjson", "--format", "json",
      ])
      #expect(replayed.status == 0)
    }

    /// Sixty probes hang for a second each, and there are descriptors for half of them.
    @Test func ourOwnWantOfDescriptorsIsNobodysFailure() throws {
      let scratch = try Scratch()
      let nginx = try Nginx()
      let silent = try Listener()
      let hanging = (0..<60).map { "  h\($0): http://127.0.0.1:\(silent.port)/" }
      let plan = try scratch.write(
        """
        every: 1500ms
        timeout: 1s
        targets:
          web: http://127.0.0.1:\(nginx.port)/
        \(hanging.joined(separator: "\n"))
        """, "plan.yaml")
      let result = try Program.run(
        ["watch", plan, "--data", scratch.path, "--for", "3s"],
        wrapper: ["bash", "-c", "ulimit -n 64; exec \"$@\"", "bash"])
      #expect(result.status == 0)
      let log = try String(contentsOfFile: scratch.path + "/probes.ndjson", encoding: .utf8)
      let lines = log.split(separator: "\n").filter { !$0.contains(#""local":"descriptors""#) }
      #expect(lines.contains { $0.contains(#""target":"web","ok":true"#) })
      // Who has no descriptor waits, and is late.
      #expect(
        lines.contains { $0.contains(#""late":"#) },
        "\(lines.count): \(result.errors) \(lines.last ?? "")")
      // Whatever could not be asked for want of descriptors says so, and nothing else.
      #expect(!lines.contains { $0.contains(#""target":"web","ok":false"#) })
      #expect(
        !lines.contains { $0.contains(#""error":"other""#) || $0.contains(#""error":"refused""#) })
    }

    /// More targets of one host than may be asked at once: they wait for each other, some turns are left
    /// out, and all of it is counted. Who still waits at the end is not asked any more.
    @Test func countsWhatWaitsForItsHost() throws {
      let scratch = try Scratch()
      let silent = try Listener()
      let targets = (0..<40).map { "  h\($0): http://127.0.0.1:\(silent.port)/" }
      let plan = try scratch.write(
        """
        every: 500ms
        timeout: 400ms
        limits: {per-host: 4}
        targets:
        \(targets.joined(separator: "\n"))
        """, "plan.yaml")
      let file = scratch.path + "/outage.prom"
      let result = try Program.run(
        ["watch", plan, "--data", scratch.path, "--for", "2s", "--metrics", file])
      #expect(result.status == 0 && !result.errors.contains("skipped 0 turns"))
      let log = try String(contentsOfFile: scratch.path + "/probes.ndjson", encoding: .utf8)
      let lines = log.split(separator: "\n").dropFirst()
      // Two seconds have five times four hundred milliseconds, and each lets four pass.
      #expect(lines.count <= 24 && lines.contains { $0.contains(#""late":"#) })
      let metrics = try String(contentsOfFile: file, encoding: .utf8)
      #expect(metrics.contains("outage_probes_sent_total \(lines.count)\n"))
      #expect(metrics.contains("outage_probes_in_flight 0\n"))
      #expect(metrics.contains(#"outage_probes_prevented_total{trouble="resolver"} 0"#))
      #expect(!metrics.contains("outage_turns_skipped_total 0\n"))
    }

    /// Who has to wait for others of his host is asked all the same.
    @Test func asksEverybodyOnce() throws {
      let scratch = try Scratch()
      let silent = try Listener()
      let targets = (0..<10).map { "  h\($0): http://127.0.0.1:\(silent.port)/" }
      let plan = try scratch.write(
        "timeout: 100ms\nlimits: {per-host: 4}\ntargets:\n" + targets.joined(separator: "\n"),
        "plan.yaml")
      let result = try Program.run(["watch", plan, "--once", "--data", scratch.path])
      #expect(result.status == 1)
      #expect(result.output.split(separator: "\n").count == 10, "\(result)")
    }

    @Test func addsNothingToAPackedLog() throws {
      let scratch = try Scratch()
      let plan = try scratch.write("targets: {a: 'tcp://127.0.0.1:\(freePort())'}", "plan.yaml")
      let path = try scratch.write(
        #"{"time":"2014-12-22T12:00:00Z","target":"a","ok":true}"# + "\n", "probes.ndjson")
      #expect(try Child(["gzip", path]).wait() == 0)
      #expect(try Child(["mv", path + ".gz", path]).wait() == 0)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      let result = try Program.run(["watch", plan, "--once", "--data", scratch.path])
      #expect(result.status == 73)
      #expect(result.errors.contains("is compressed, and nothing can be appended to it"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func aResultThatCannotBeWrittenIsAFailure() throws {
      let scratch = try Scratch()
      let log = try scratch.write(
        #"{"time":"2014-12-22T12:00:00Z","target":"a","ok":true}"# + "\n", "log")
      let result = try Program.run(
        ["replay", log], wrapper: ["bash", "-c", "exec \"$@\" >/dev/full", "bash"])
      #expect(result.status == 74)
      #expect(result.errors.contains("cannot write the result: No space left on device"))
    }

    /// What lasted when it was stopped lasts: it is said once more, and not announced again.
    @Test func saysWhatStillLasts() throws {
      let scratch = try Scratch()
      let nginx = try Nginx()
      let plan = try scratch.write(
        """
        every: 100ms
        detection: {sustained: 1s}
        targets: {web: 'tcp://127.0.0.1:\(nginx.port)'}
        """, "plan.yaml")
      let first = try Running(["watch", plan, "--data", scratch.path, "--format", "json"])
      let log = try Tail(scratch.path + "/probes.ndjson")
      #expect(log.line(containing: #""target":"web","ok":true"#) != nil)
      nginx.stop()
      let news = try Tail(first.errors)
      #expect(news.line(containing: "web: outage (refused)") != nil)
      first.signal(SIGTERM)
      #expect(first.end().status == 0)

      let second = try Program.run(
        ["watch", plan, "--data", scratch.path, "--format", "json", "--for", "500ms"])
      #expect(second.status == 0)
      #expect(second.errors.contains("still web: outage (refused) since "))
      #expect(second.errors.components(separatedBy: "web: ").count == 2, "\(second.errors)")
    }

    /// A doubt is asked about at once: the outage of a target probed every ten seconds is believed
    /// after the second probe, two seconds later.
    @Test func confirmsADoubtOutOfTurn() throws {
      let scratch = try Scratch()
      let nginx = try Nginx()
      let plan = try scratch.write(
        "{every: 8s, timeout: 1s, targets: {web: 'http://127.0.0.1:\(nginx.port)/'}}", "plan.yaml")
      let watch = try Running(["watch", plan, "--data", scratch.path])
      let log = try Tail(scratch.path + "/probes.ndjson")
      #expect(log.line(containing: #""ok":true"#) != nil)
      nginx.stop()
      #expect(watch.line(containing: "web: down (refused)") != nil)
      watch.signal(SIGTERM)
      #expect(watch.end().status == 0)
      let lines = try String(contentsOfFile: scratch.path + "/probes.ndjson", encoding: .utf8)
      let failed = lines.split(separator: "\n").filter { $0.contains(#""ok":false"#) }
      let times = try failed.prefix(2).map { line in
        try #require(Instant(rfc3339: String(line.dropFirst(9).prefix(24))))
      }
      #expect(times.count == 2 && times[1] - times[0] < .seconds(4))
    }

    /// In a network namespace of its own there is no way to anywhere.
    @Test(.enabled(if: canUnshare, "needs the right to make network namespaces: run as root"))
    func knowsTheUnreachable() throws {
      let scratch = try Scratch()
      let plan = try scratch.write("targets: {far: 'tcp://192.0.2.1:80'}", "plan.yaml")
      let result = try Program.run(
        ["watch", plan, "--once", "--data", scratch.path], wrapper: ["unshare", "--net"])
      #expect(result.status == 1)
      #expect(result.output.hasPrefix("far  unreachable"))
    }

    @Test(.enabled(if: canUnshare, "needs the right to make network namespaces: run as root"))
    func hasAPlanOfItsOwn() throws {
      let scratch = try Scratch()
      let result = try Program.run(
        ["watch", "--once"], environment: ["XDG_STATE_HOME": scratch.path],
        wrapper: ["unshare", "--net"])
      #expect(result.status == 1)
      #expect(result.errors.contains("quad9: tcp://9.9.9.9:443"))
      #expect(result.output.contains("quad9       unreachable"))
      #expect(FileManager.default.fileExists(atPath: scratch.path + "/outage/probes.ndjson"))
    }

    private static let canUnshare = (try? Child(["unshare", "--net", "true"]).wait()) == 0
  }
}
