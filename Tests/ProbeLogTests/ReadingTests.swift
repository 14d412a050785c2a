import Foundation
import Outages
import Testing

@testable import ProbeLog

@Suite struct LineTests {
  private func check(
    _ line: String, _ lines: [String], _ problems: [String] = [],
    location: SourceLocation = #_sourceLocation
  ) throws {
    let scratch = try Scratch()
    let reading = try Reading([try scratch.write(line + "\n")])
    #expect(reading.lines == lines, sourceLocation: location)
    #expect(reading.problems == problems, sourceLocation: location)
  }

  @Test(arguments: [
    (
      #"{"time":"2014-12-22T12:00:00.120Z","target":"kcna","ok":true,"ms":182.4}"#,
      "12:00:00 kcna ok 182.4"
    ),
    (
      #"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":false,"error":"timeout"}"#,
      "12:00:00 kcna timeout"
    ),
    (#"{ "ok" : true , "target" : "kcna" , "time" : "2014-12-22T12:00:00Z" }"#, "12:00:00 kcna ok"),
    (#"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":1,"ms":7}"#, "12:00:00 kcna ok 7.0"),
    (#"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":true,"ms":null}"#, "12:00:00 kcna ok"),
    (#"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":true,"ms":1e3}"#, "12:00:00 kcna ok"),
    (#"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":false}"#, "12:00:00 kcna other"),
    (
      #"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":false,"error":"gremlins"}"#,
      "12:00:00 kcna other"
    ),
    (
      #"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":false,"error":null}"#,
      "12:00:00 kcna other"
    ),
    (
      #"{"phases":{"dns":[1,{"a":"}"}]},"time":"2014-12-22T12:00:00Z","target":"kcna","ok":true,"x":"\"}"}"#,
      "12:00:00 kcna ok"
    ),
    (
      #"{"time":"2014-12-22T21:00:00+09:00","target":"a \"b\" \u00e9\\","ok":true}"#,
      #"12:00:00 a "b" é\ ok"#
    ),
    (#"{"time":"2014-12-22T12:00:00Z","target":"평양","ok":true}"#, "12:00:00 평양 ok"),
  ])
  func reads(_ line: String, _ expected: String) throws { try check(line, [expected]) }

  @Test(arguments: [
    (#"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":tr"#, "'ok' is neither true nor false"),
    (#"{"time":"2014-12-22T12:00:00Z","target":"kc"#, "the line is cut off"),
    (
      #"{"time":"2014-12-22 noon","target":"kcna","ok":true}"#,
      "'time' is not RFC 3339, like 2014-12-22T16:14:30.120Z"
    ),
    (#"{"target":"kcna","ok":true}"#, "there is no 'time'"),
    (#"{"time":"2014-12-22T12:00:00Z","ok":true}"#, "there is no 'target'"),
    (#"{"time":"2014-12-22T12:00:00Z","target":"","ok":true}"#, "there is no 'target'"),
    (#"{"time":"2014-12-22T12:00:00Z","target":"kcna"}"#, "there is no 'ok'"),
    (
      #"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":"yes"}"#,
      "'ok' is neither true nor false"
    ),
    (
      #"{"time":"2014-12-22T12:00:00Z" "target":"kcna","ok":true}"#, "a ',' is missing at column 32"
    ),
    (
      #"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":true} {}"#,
      "there is more after the closing '}'"
    ),
    ("12:00 kcna is down", "this is no observation: it does not begin with '{'"),
    ("[1,2]", "this is no observation: it does not begin with '{'"),
  ])
  func names(_ line: String, _ problem: String) throws { try check(line, [], ["1: \(problem)"]) }

  @Test func skipsKeysAndSpacesOfOthers() throws {
    try check(
      "{\"log\":\"a\",\"x\":[1,\t2] ,\"time\":\"2014-12-22T12:00:00Z\",\"y\":1\t,\"target\":\"a\",\"ok\":true}\r",
      ["12:00:00 a ok"])
    try check(#"{"log":"hello","stream":"stdout"}"#, [], ["1: there is no 'time'"])
  }

  @Test func skipsEmptyLines() throws { try check("\n  \n\r", []) }

  @Test func findsTheLineAfterNULs() throws {
    try check(
      "\0\0\0\0" + #"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":true}"#,
      ["12:00:00 kcna ok"], ["1: 4 NUL bytes, as a crash leaves them"])
  }

  @Test func refusesAFormatItDoesNotKnow() throws {
    let scratch = try Scratch()
    let path = try scratch.write("{\"log\":\"outage/7\"}\n")
    #expect(throws: LogError.unknownFormat(path: path, line: 1, format: "outage/7")) {
      try Reading([path])
    }
  }

  @Test func saysWhatCannotBeOpened() throws {
    let scratch = try Scratch()
    #expect(throws: LogError.cannotOpen(path: scratch.path + "/none", errno: ENOENT)) {
      try Reading([scratch.path + "/none"])
    }
    #expect(throws: LogError.cannotRead(path: scratch.path, errno: EISDIR)) {
      try Reading([scratch.path])
    }
  }

  @Test func skipsALineThatIsNone() throws {
    let scratch = try Scratch()
    let good = #"{"time":"2014-12-22T12:00:00Z","target":"kcna","ok":true}"#
    let endless = String(repeating: "x", count: LineReader.longest + 10_000)
    let reading = try Reading([
      try scratch.write("\(good)\n\(endless)\n\(good.replacing("00Z", with: "30Z"))\n")
    ])
    #expect(reading.lines == ["12:00:00 kcna ok", "12:00:30 kcna ok"])
    #expect(reading.problems == ["2: the line is longer than 16 MiB, which no log line is"])
  }
}

@Suite struct CSVTests {
  @Test(
    arguments: [
      (
        "time,target,ok,ms,error\n2014-12-22T12:00:00Z,kcna,1,182.4,\n", ["12:00:00 kcna ok 182.4"],
        []
      ),
      (
        "error,OK,latency_ms,Timestamp,target,note\r\ntimeout,0,,2014-12-22T12:00:00Z,kcna,\"a,b\"\r\n",
        ["12:00:00 kcna timeout"], []
      ),
      (
        "\u{feff}time,target,ok\n2014-12-22T12:00:00Z,\"the \"\"new\"\", site\",true\n",
        ["12:00:00 the \"new\", site ok"], []
      ),
      (
        "time,target,ok\n2014-12-22 noon,kcna,1\n2014-12-22T12:00:00Z,,1\n2014-12-22T12:00:00Z,kcna,maybe\n",
        [],
        [
          "2: the time is not RFC 3339, like 2014-12-22T16:14:30Z", "3: there is no target",
          "4: 'ok' is neither 1 nor 0, neither true nor false",
        ]
      ),
      ("time,target,ok\n2014-12-22T12:00:00Z,kcna", [], ["2: the line is cut off"]),
    ] as [(String, [String], [String])])
  func reads(_ text: String, _ lines: [String], _ problems: [String]) throws {
    let scratch = try Scratch()
    let reading = try Reading([try scratch.write(text)])
    #expect(reading.lines == lines)
    #expect(reading.problems == problems)
  }
}

@Suite struct PackingTests {
  private let log = (0..<3000).map { number in
    let time = Instant(milliseconds: 1_419_249_600_000 + Int64(number) * 1000)
    return #"{"time":"\#(time)","target":"host-\#(number % 7)","ok":true,"ms":\#(number % 100)}"#
      + "\n"
  }.joined()

  @Test(arguments: Packing.allCases)
  func readsByContent(_ packing: Packing) throws {
    let scratch = try Scratch()
    let bytes = Array(log.utf8)
    let half = log.utf8.count / 2
    // Logs that were packed apart may be joined to one file.
    let packed = packing.pack(Array(bytes[..<half])) + packing.pack(Array(bytes[half...]))
    let reading = try Reading([try scratch.write(packed, "no-suffix")])
    #expect(reading.lines.count == 3000)
    #expect(reading.problems == [])
    #expect(reading.lines.last == "12:49:59 host-3 ok 99.0")
  }

  @Test(arguments: [Packing.gzip, .zstd])
  func saysWhereItIsCutOff(_ packing: Packing) throws {
    let scratch = try Scratch()
    let packed = packing.pack(Array(log.utf8))
    let reading = try Reading([try scratch.write(packed.dropLast(packed.count / 3))])
    #expect(reading.problems.last?.hasSuffix("the compressed data are cut off here") == true)
    #expect(reading.lines.count < 3000)
  }

  @Test(arguments: [Packing.gzip, .zstd])
  func survivesEveryDamagedByte(_ packing: Packing) throws {
    let scratch = try Scratch()
    let packed = packing.pack(Array(log.prefix(2000).utf8))
    for index in packed.indices.dropFirst(4) {
      var damaged = packed
      damaged[index] ^= 0xff
      _ = try Reading([try scratch.write(damaged)])
    }
  }
}

@Suite struct StreamTests {
  private func line(_ second: Int, _ target: String = "a") -> String {
    let time = Instant(milliseconds: 1_419_249_600_000 + Int64(second) * 1000)
    return #"{"time":"\#(time)","target":"\#(target)","ok":true}"# + "\n"
  }

  private func seconds(_ reading: Reading) -> [Int] {
    reading.lines.compactMap { line in
      let parts = line.prefix(8).split(separator: ":").compactMap { Int($0) }
      return (parts[0] - 12) * 3600 + parts[1] * 60 + parts[2]
    }
  }

  @Test func putsLinesInOrderThatAreTenSecondsLate() throws {
    let scratch = try Scratch()
    let log = [0, 5, 20, 10, 15, 30, 41, 30, 40].map { line($0) }.joined()
    let reading = try Reading([try scratch.write(log)])
    #expect(seconds(reading) == [0, 5, 10, 15, 20, 30, 40, 41])
    #expect(reading.reordered == 3)
    #expect(reading.late == 1)
    #expect(reading.problems.count == 1)
    #expect(reading.problems[0].hasPrefix("8: this is more than 10 s older than a line before it"))
  }

  @Test func countsDuplicatesOnce() throws {
    let scratch = try Scratch()
    let log = line(0) + line(0) + line(0, "b") + line(1) + line(0)
    let reading = try Reading([try scratch.write(log)])
    #expect(reading.lines.count == 3)
    #expect(reading.duplicates == 2)
  }

  @Test func mergesFilesByTime() throws {
    let scratch = try Scratch()
    var logs = ["", "", ""]
    for second in 0..<1000 { logs[second * 7 % 3] += line(second, "host-\(second % 5)") }
    let paths = try logs.enumerated().map { try scratch.write($1, "log-\($0)") }
    let reading = try Reading(paths)
    #expect(seconds(reading) == Array(0..<1000))
    #expect(reading.reordered == 0)
    // The same file twice is all duplicates.
    #expect(try Reading(paths + paths).lines.count == 1000)
  }

  @Test func joinsALogThatWasCutAnywhere() throws {
    let scratch = try Scratch()
    let order = (0..<60).map { $0 % 4 == 1 ? $0 + 7 : $0 }
    let lines = order.map { line($0) }
    let whole = try Reading([try scratch.write(lines.joined())])
    for cut in 0...lines.count {
      let first = try scratch.write(lines[..<cut].joined(), "first")
      let second = try scratch.write(lines[cut...].joined(), "second")
      #expect(try Reading([first, second]).lines == whole.lines)
    }
  }

  @Test func losesOnlyTheLineThatWasCut() throws {
    let scratch = try Scratch()
    let log = Array((0..<6).map { line($0) }.joined().utf8)
    let lineLength = line(0).utf8.count
    for cut in 0...log.count {
      let reading = try Reading([try scratch.write(log[..<cut])])
      // A line without its line feed is whole when all else is there.
      let whole = (cut + 1) / lineLength
      #expect(reading.lines.count == whole)
      #expect(
        reading.problems.count == (cut % lineLength == 0 || (cut + 1) % lineLength == 0 ? 0 : 1))
    }
  }
}
