import Foundation
import Outages
import Testing

@testable import ProbeLog

@Suite struct WriterTests {
  private var session: Session {
    var detection = Detection()
    detection.sustained = .minutes(7)
    return Session(
      vantage: "tokyo \"east\"",
      targets: [
        Target(name: "kcna", every: .seconds(30)), Target(name: "a\nb", every: .seconds(10)),
        Target(name: "quad9", every: .seconds(30), isSentinel: true),
      ],
      groups: [
        Group(name: "kp", title: "North Korea", members: ["kcna", "a\nb"], behind: "quad9")
      ],
      detection: detection)
  }

  @Test func readsWhatItWrites() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/log"
    let writer = try LogWriter(path: path, session: session, targets: session.targets)
    let start = Instant(milliseconds: 1_419_249_600_000)
    var outcomes: [Outcome] = [
      .answered(milliseconds: 182.4), .answered(milliseconds: nil), .answered(milliseconds: 0.05),
    ]
    outcomes += Failure.allCases.map { .failed($0) }
    outcomes += Trouble.allCases.map { .prevented($0) }
    var said = Detail()
    said.sentence = "it said \"no\""
    for (number, outcome) in outcomes.enumerated() {
      try writer.append(
        Observation(
          time: start + .seconds(Int64(number)), target: number % 3, outcome: outcome,
          after: number == 5 ? .suspended : nil),
        detail: number % 2 == 0 ? said : nil)
    }
    var stream = try LogStream(paths: [path])
    for (number, outcome) in outcomes.enumerated() {
      let read = try stream.next()
      #expect(read?.time == start + .seconds(Int64(number)))
      #expect(read?.target == number % 3)
      #expect(read?.outcome == outcome)
      #expect(read?.after == (number == 5 ? .suspended : nil))
    }
    #expect(try stream.next() == nil)
    #expect(stream.session == session)
    #expect(stream.irregularities == LogStream.Irregularities(vantages: [#"tokyo "east""#]))
  }

  @Test func writesTheFormat() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/log"
    let session = Session(vantage: "tokyo", targets: [Target(name: "kcna", every: .seconds(30))])
    let writer = try LogWriter(path: path, session: session, targets: session.targets)
    let time = Instant(milliseconds: 1_419_264_870_120)
    try writer.append(
      Observation(time: time, target: 0, outcome: .answered(milliseconds: 182.4)))
    var detail = Detail()
    (detail.phases.resolve, detail.phases.connect) = (0.25, 12)
    (detail.address, detail.status, detail.bytes) = ("192.0.2.1", 200, 17)
    (detail.certificateDays, detail.answers) = (-1, ["a", "b"])
    (detail.died, detail.sentence, detail.late) = (.first, "d", 120)
    try writer.append(
      Observation(time: time + .seconds(30), target: 0, outcome: .failed(.timeout)),
      detail: detail)
    try writer.append(
      Observation(time: time + .seconds(60), target: 0, outcome: .prevented(.noRoute)))
    let brief = try LogWriter(
      path: path, session: session, targets: session.targets, isBrief: true)
    try brief.append(
      Observation(time: time + .seconds(90), target: 0, outcome: .failed(.timeout)),
      detail: detail)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let header = """
      {"log":"outage/1","vantage":"tokyo","detection":{"sustained":"5m","gap":"2.5","up":"0.9",\
      "down":"0.1","quorum":"0.9","settling":"1d"},"targets":[{"name":"kcna","every":"30s"}],"groups":[]}
      """
    #expect(
      text == """
        \(header)
        {"time":"2014-12-22T16:14:30.120Z","target":"kcna","ok":true,"ms":182.4}
        {"time":"2014-12-22T16:15:00.120Z","target":"kcna","ok":false,"error":"timeout","died":"first",\
        "address":"192.0.2.1","status":200,"bytes":17,"answers":["a","b"],"certificate_days":-1,\
        "phases":{"resolve":0.25,"connect":12},"late":120,"detail":"d"}
        {"time":"2014-12-22T16:15:30.120Z","target":"kcna","ok":false,"error":"unreachable",\
        "local":"no-route"}
        \(header)
        {"time":"2014-12-22T16:16:00.120Z","target":"kcna","ok":false,"error":"timeout","late":120,\
        "detail":"d"}

        """)
  }

  @Test func closesATornTail() throws {
    let scratch = try Scratch()
    let path = try scratch.write(#"{"time":"2014-12-22T11:59:00Z","target":"kcna","ok":tr"#)
    let writer = try LogWriter(path: path, session: session, targets: session.targets)
    try writer.append(
      Observation(
        time: Instant(milliseconds: 1_419_249_600_000), target: 0,
        outcome: .answered(milliseconds: nil)))
    let reading = try Reading([path])
    #expect(reading.lines == ["12:00:00 kcna ok"])
    #expect(reading.problems == ["1: 'ok' is neither true nor false"])
    #expect(reading.session.vantage == session.vantage)
  }

  @Test func saysWhatCannotBeWritten() throws {
    #expect(throws: LogError.cannotWrite(path: "/dev/full", errno: ENOSPC)) {
      try LogWriter(path: "/dev/full", session: session, targets: session.targets)
    }
    #expect(throws: LogError.cannotOpen(path: "/nowhere/log", errno: ENOENT)) {
      try LogWriter(path: "/nowhere/log", session: session, targets: session.targets)
    }
  }
}

@Suite struct HeaderTests {
  @Test(arguments: [
    #"{"log":"outage/1","vantage":"x","targets":7}"#,
    #"{"log":"outage/1","detection":{"sustained":"never"}}"#,
    #"{"log":7}"#,
    #"{"log":"outage/1","groups":[{"name":"g"}]}"#,
  ])
  func goesOnWithoutAHeaderThatIsNone(_ header: String) throws {
    let scratch = try Scratch()
    let reading = try Reading([
      try scratch.write(header + "\n" + #"{"time":"2014-12-22T12:00:00Z","target":"a","ok":true}"#)
    ])
    #expect(reading.lines == ["12:00:00 a ok"])
    #expect(reading.problems.count == 1)
    #expect(reading.session.vantage == "local")
  }

  @Test func needsNoMoreThanTheFormat() throws {
    let scratch = try Scratch()
    let reading = try Reading([
      try scratch.write(#"{"log":"outage/1","vantage":"tokyo","future":[1]}"#)
    ])
    #expect(reading.problems == [])
    #expect(reading.session.vantage == "tokyo")
  }
}
