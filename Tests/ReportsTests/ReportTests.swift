import Outages
import Testing
import Zones

@testable import Reports

/// A small world: two networks behind one fate, and a third target that is watched with holes.
private func sample() -> Timeline? {
  let every = Duration.seconds(60)
  let start = Instant(milliseconds: 1_419_206_400_000)  // 2014-12-22T00:00:00Z
  let session = Session(
    vantage: "tokyo",
    targets: ["kcna", "naenara", "mirror"].map { Target(name: $0, every: every) },
    groups: [Group(name: "kp", title: "North Korea", members: ["kcna", "naenara"])])
  var monitor = Monitor(session: session)
  for minute in 0..<1440 {
    for target in 0..<3 {
      let isDown = target < 2 && ((300..<303).contains(minute) || (600..<700).contains(minute))
      let isAlone = target == 2 && (900..<903).contains(minute)
      let isUnseen = target == 2 && (1000..<1100).contains(minute)
      if isUnseen { continue }
      _ = monitor.observe(
        Observation(
          time: start + every * Double(minute), target: target,
          outcome: isDown || isAlone ? .failed(.timeout) : .answered(milliseconds: 20)))
    }
  }
  return monitor.timeline()
}

@Suite struct TextTests {
  /// An outage that began while nobody watched is drawn from where it was seen.
  @Test func drawsNoOutageWhereNobodyWatched() throws {
    var monitor = Monitor(session: Session(targets: [Target(name: "a", every: .seconds(60))]))
    for minute in 0..<600 where !(100..<300).contains(minute) {
      _ = monitor.observe(
        Observation(
          time: Instant(milliseconds: 1_419_206_400_000 + Int64(minute) * 60_000), target: 0,
          outcome: (300..<400).contains(minute) ? .failed(.timeout) : .answered(milliseconds: 20)))
    }
    let text = try #require(monitor.timeline()).text(Style(width: 80))
    #expect(text.contains("▁░░") && text.contains("░░█") && text.contains("█▁"), "\(text)")
    #expect(!text.contains("█░"), "\(text)")
  }

  /// One member that stays away draws the group's event out, and says nothing of the others.
  @Test func saysHowLongAGroupWasDownInFull() throws {
    let names = ["a", "b", "c"]
    var monitor = Monitor(
      session: Session(
        targets: names.map { Target(name: $0, every: .seconds(60)) },
        groups: [Group(name: "all", members: names)]))
    for minute in 0..<600 {
      for target in 0..<3 {
        let isDown = (100..<(target == 2 ? 300 : 130)).contains(minute)
        _ = monitor.observe(
          Observation(
            time: Instant(milliseconds: 1_419_206_400_000 + Int64(minute) * 60_000), target: target,
            outcome: isDown ? .failed(.timeout) : .answered(milliseconds: 20)))
      }
    }
    let text = try #require(monitor.timeline()).text(Style(width: 80))
    #expect(text.contains("outage  all  3h 20m, 30m in full  up 1h 39m or more"), "\(text)")
  }

  @Test func isTheFaceOfTheProduct() throws {
    let timeline = try #require(sample())
    #expect(
      timeline.text(Style(width: 80)) == """
        22 Dec 2014 00:00 – 23:59 UTC · 23h 59m · seen from tokyo · 4,220 probes
        an outage lasts 5m for certain · 2.5 intervals without a probe are unobserved
        believed up over 0.9, down under 0.1 · blips count as down · detector 11

                     ╷22 Dec         ╷06:00           ╷12:00           ╷18:00
        North Korea  ▁▁▁▁▁▁▁▁▁▁▁▁▁▄▄▁▁▁▁▁▁▁▁▁▁▁▁██████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
          kcna       ▁▁▁▁▁▁▁▁▁▁▁▁▁▄▄▁▁▁▁▁▁▁▁▁▁▁▁██████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
          naenara    ▁▁▁▁▁▁▁▁▁▁▁▁▁▄▄▁▁▁▁▁▁▁▁▁▁▁▁██████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
        mirror       ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▄▄▁▁▁▁░░░░▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
                     ▁ up   ▄ blip   █ outage   ░ unobserved

        start, UTC            what        who          lasted  before it
        22 Dec 04:59:30 ±30s  blip        North Korea   2m–4m  up 4h 59m or more
        22 Dec 09:59:30 ±30s  outage      North Korea  1h 40m  1 blip in 24h
        22 Dec 14:59:30 ±30s  blip        mirror        2m–4m  up 14h 59m or more
        22 Dec 16:40:00       unobserved  mirror       1h 40m  no probes

                     now  available   coverage  blips  outages  longest    MTTR     MTBF
        North Korea   up   92.842 %  100.000 %      1        1   1h 40m  1h 40m  22h 16m
          kcna        up   92.842 %  100.000 %      1        1   1h 40m  1h 40m  22h 16m
          naenara     up   92.842 %  100.000 %      1        1   1h 40m  1h 40m  22h 16m
        mirror        up   99.775 %   93.050 %      1        0        –       –        –

        """)
  }

  /// However many targets, however wide the terminal, wherever its reader: no line is too long.
  @Test(arguments: [1, 4, 30, 200], [60, 80, 132, 200])
  func fitsTheTerminal(_ count: Int, _ width: Int) throws {
    let zone = try #require(Zone("America/Argentina/ComodRivadavia"))
    let names = (0..<count).map { "edge-\($0).with-a-rather-long-name.example.net" }
    var monitor = Monitor(
      session: Session(
        vantage: "a vantage with a name of its own",
        targets: names.map { Target(name: $0, every: .seconds(30)) },
        groups: [Group(name: "all", title: "Every one of them in a group", members: names)]))
    for probe in 0..<120 {
      for target in 0..<count {
        let isDown = (probe * 7 + target) % 97 < 5
        _ = monitor.observe(
          Observation(
            time: Instant(milliseconds: 1_419_206_400_000 + Int64(probe) * 30_000), target: target,
            outcome: isDown ? .failed(.refused) : .answered(milliseconds: 1)))
      }
    }
    let timeline = try #require(monitor.timeline())
    for isVerbose in [false, true] {
      let text = timeline.text(Style(width: width, zone: zone, isVerbose: isVerbose))
      for line in text.split(separator: "\n").map(String.init) where line.columns > width {
        // The zone's name cannot be cut.
        if !line.contains(zone.name) { Issue.record("\(line.columns) columns: \(line)") }
      }
    }
  }

  @Test func leavesOutWhoHasNothingToTell() throws {
    let names = (0..<200).map { "host-\($0)" }
    var monitor = Monitor(
      session: Session(targets: names.map { Target(name: $0, every: .seconds(30)) }))
    for probe in 0..<120 {
      for target in 0..<200 {
        let isDown = target == 77 && (50..<90).contains(probe)
        _ = monitor.observe(
          Observation(
            time: Instant(milliseconds: Int64(probe) * 30_000), target: target,
            outcome: isDown ? .failed(.refused) : .answered(milliseconds: 1)))
      }
    }
    let text = try #require(monitor.timeline()?.text())
    #expect(text.contains("199 more targets were up throughout"))
    #expect(text.contains("host-77"))
    #expect(!text.contains("host-78"))
    let all = try #require(monitor.timeline()?.text(Style(isVerbose: true)))
    #expect(all.contains("host-78"))
  }

  @Test func coloursOnDemandAlone() throws {
    let timeline = try #require(sample())
    let coloured = timeline.text(Style(isColoured: true))
    #expect(coloured.contains("\u{1b}[31m██████\u{1b}[0m"))
    let codes = try Regex("\u{1b}\\[[0-9]+m")
    let plain = coloured.replacing(codes, with: "")
    for (a, b) in zip(plain.split(separator: "\n"), timeline.text().split(separator: "\n")) {
      #expect(a == b)
    }
    #expect(plain == timeline.text())
  }

  @Test(arguments: [
    ("UTC", "22 Dec 09:59:30"), ("Asia/Pyongyang", "22 Dec 18:59:30"),
    ("America/New_York", "22 Dec 04:59:30"), ("Asia/Kathmandu", "22 Dec 15:44:30"),
  ])
  func showsTimesInAnyZone(_ name: String, _ start: String) throws {
    let zone = try #require(Zone(name))
    let text = try #require(sample()).text(Style(zone: zone))
    #expect(text.contains("\(start) ±30s"))
    #expect(text.contains("start, \(name)"))
  }

  @Test func knowsNoZoneThatIsNone() { #expect(Zone("Mars/Olympus") == nil) }

  @Test func saysWhenThereIsNothingToTell() throws {
    var monitor = Monitor(session: Session(targets: [Target(name: "a", every: .seconds(30))]))
    for probe in 0..<10 {
      _ = monitor.observe(
        Observation(
          time: Instant(milliseconds: Int64(probe) * 30_000), target: 0,
          outcome: .answered(milliseconds: 1)))
    }
    let text = try #require(monitor.timeline()?.text())
    #expect(text.contains("No interruption was seen."))
  }
}

@Suite struct AxisTests {
  /// Across the end of summer time the days begin at midnight on the wall, not every 24 hours.
  @Test func followsTheClocksOfTheZone() throws {
    let zone = try #require(Zone("Europe/Berlin"))
    var monitor = Monitor(session: Session(targets: [Target(name: "a", every: .hours(1))]))
    let start = Instant(milliseconds: 1_414_101_600_000)  // 2014-10-24T00:00:00+02:00
    for hour in 0...96 {
      _ = monitor.observe(
        Observation(
          time: start + .hours(Int64(hour)), target: 0, outcome: .answered(milliseconds: 1)))
    }
    let text = try #require(monitor.timeline()?.text(Style(width: 99 + 2, zone: zone)))
    let axis = try #require(text.split(separator: "\n").first { $0.contains("╷") })
    #expect(axis.contains("╷26 Oct"))
    #expect(axis.contains("╷27 Oct"))
    #expect(!axis.contains("23:00"))
  }
}

@Suite struct LongAxisTests {
  /// Over any span there are labels, and no two neighbours are the same.
  @Test(arguments: [
    1, 3, 10, 60, 600, 3600, 20_000, 86_400, 600_000, 5_000_000, 20_000_000, 400_000_000,
  ])
  func labelsNoNeighboursTheSame(_ seconds: Int64) throws {
    let zone = try #require(Zone("Asia/Jerusalem"))
    let start = Instant(milliseconds: 1_689_752_641_000)
    for width in [40, 70, 180] {
      let axis = Axis(start..<start + .seconds(seconds), width: width, zone: zone).text
      let labels = axis.split(separator: "╷").map { String($0).trimmed }
      for (a, b) in zip(labels, labels.dropFirst()) { #expect(a != b, "\(axis)") }
      #expect(axis.count <= width)
      if seconds >= 10 { #expect(labels.count >= 1, "\(axis)") }
    }
  }
}

@Suite struct JSONTests {
  @Test func isTheFormat() throws {
    var monitor = Monitor(
      session: Session(
        vantage: "tokyo", targets: [Target(name: "a \"b\"", every: .seconds(30))]))
    for (probe, cell) in "....xxx....".enumerated() {
      _ = monitor.observe(
        Observation(
          time: Instant(milliseconds: 1_419_206_400_000 + Int64(probe) * 30_000), target: 0,
          outcome: cell == "x" ? .failed(.refused) : .answered(milliseconds: 1)))
    }
    let timeline = try #require(monitor.timeline())
    let id = timeline.episodes[0].id
    #expect(
      timeline.json() == """
        {
         "format":"outage-report/1",
         "from":"2014-12-22T00:00:00.000Z",
         "to":"2014-12-22T00:05:00.000Z",
         "vantage":"tokyo",
         "probes":11,
         "detector":11,
         "parameters":{"sustained":"5m","gap":"2.5","up":"0.9","down":"0.1","quorum":"0.9","settling":"1d"},
         "policy":"every-interruption",
         "targets":[
          {"name":"a \\"b\\"","state":"up","availability":0.7,"coverage":1.0,"observed_seconds":300,\
        "down_seconds":90,"unobserved_seconds":0,"maintenance_seconds":0,"blips":1,"outages":0,"longest_outage_seconds":null,\
        "mean_time_to_repair_seconds":null,"mean_time_between_outages_seconds":null}],
         "groups":[],
         "episodes":[
          {"id":"\(id)","kind":"blip","scope":{"target":"a \\"b\\""},"parent":null,\
        "start":{"earliest":"2014-12-22T00:01:30.000Z","latest":"2014-12-22T00:02:00.000Z"},\
        "end":{"earliest":"2014-12-22T00:03:00.000Z","latest":"2014-12-22T00:03:30.000Z"},\
        "declared":"2014-12-22T00:02:30.000Z","error":"refused"}],
         "remarks":[]
        }

        """)
    #expect(id == "9m874pspbk")
  }
}

@Suite struct FigureTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (103_680, "103,680"), (-1234567, "-1,234,567"),
  ])
  func groupsThousands(_ number: Int, _ text: String) { #expect(number.grouped == text) }
}
