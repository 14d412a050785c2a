import CCurl
import CLinux
import Expressions
import Glibc
import Outages
import Testing

@testable import Plans
@testable import Probing

@Suite struct AnswerTests {
  private func problem(
    _ body: String, isWhole: Bool = true, _ change: (inout AnswerExpectation) throws -> Void
  ) rethrows -> String? {
    var expectation = AnswerExpectation()
    try change(&expectation)
    return expectation.problem(body: Array(body.utf8), isWhole: isWhole)
  }

  /// RFC 6901, section 5.
  @Test(
    arguments: [
      ("/foo/0", "bar"), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"), ("/g|h", "4"),
      ("/i\\j", "5"), (#"/k"l"#, "6"), ("/ ", "7"), ("/m~0n", "8"), ("/yes", "true"),
      ("/nothing", "null"), ("/number", "1.50"), ("/text", "true"),
    ])
  func findsWhatAPointerNames(_ pointer: String, _ text: String) throws {
    let document = #"""
      {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6,
       " ": 7, "m~n": 8, "yes": true, "nothing": null, "number": 1.5, "text": "true"}
      """#
    let pointer = try #require(JSONPointer(pointer))
    let found = problem(document) {
      $0.json = [AnswerExpectation.Value(pointer: pointer, text: text)]
    }
    #expect(found == nil)
  }

  @Test(
    arguments: [
      (#"{"a": [1]}"#, "/a/1", "1", "/a/1 is not in the body"),
      (#"{"a": [1]}"#, "/a/00", "1", "/a/00 is not in the body"),
      (#"{"a": 1}"#, "/a", "2", "/a is 1, not 2"),
      (#"{"a": 1}"#, "/a", "true", "/a is 1, not true"),
      (#"{"a": true}"#, "/a", "1", "/a is true, not 1"),
      (#"{"a": "x"}"#, "/a", "y", "/a is 'x', not y"),
      (#"{"a": {}}"#, "/a", "y", "/a is an object, not y"),
      ("junk", "/a", "y", "the body is no JSON"),
      ("", "/a", "y", "the body is no JSON"),
    ])
  func saysWhatIsThereInstead(_ body: String, _ pointer: String, _ text: String, _ says: String)
    throws
  {
    let pointer = try #require(JSONPointer(pointer))
    let found = problem(body) {
      $0.json = [AnswerExpectation.Value(pointer: pointer, text: text)]
    }
    #expect(found == says)
  }

  @Test(arguments: ["a", "~", "/~", "/~2", "/a~"])
  func saysWhatIsNoPointer(_ text: String) { #expect(JSONPointer(text) == nil) }

  @Test func looksForAnExpression() throws {
    #expect(
      try problem("all is fine\n") { $0.body = try RegularExpression("^all .* fine$") } == nil)
    #expect(
      try problem("all", isWhole: false) { $0.body = try RegularExpression("fine") }
        == "the beginning of the body (3 bytes) does not match fine")
    // What is not UTF-8 is looked at all the same.
    let odd = try RegularExpression("b$")
    #expect(odd.matches([0xff, 0xfe, 0x62]))
  }

  /// A pattern that would try for years ends soon, as no match; and one that would look on to the end
  /// from each place.
  @Test(arguments: [("^(a+)+$", "a", "b"), ("foo.*bar", "foo", "r"), ("(a|aa)+c", "a", "!c")])
  func anExpressionCannotKeepUsBusy(_ pattern: String, _ text: String, _ end: String) throws {
    let bytes = Array((String(repeating: text, count: 2_000_000 / text.utf8.count) + end).utf8)
    let isFound = try RegularExpression(pattern).matches(bytes)
    #expect(!isFound)
    // What is found soon is found, however long the text.
    let isSoonFound = try RegularExpression("a|o").matches(bytes)
    #expect(isSoonFound)
  }

  /// An answer of DNS with these records, each as its type and its data.
  private func answer(_ records: [(type: UInt8, data: [UInt8])], code: UInt8 = 0) -> [UInt8] {
    var bytes: [UInt8] = [0x12, 0x34, 0x81, 0x80 | code, 0, 1, 0, UInt8(records.count), 0, 0, 0, 0]
    bytes += [1, 0x61, 0, 0, 1, 0, 1]
    for (type, data) in records {
      bytes += [0xc0, 12, 0, type, 0, 1, 0, 0, 1, 0, 0, UInt8(data.count)] + data
    }
    return bytes
  }

  @Test(
    arguments: [
      (1 as UInt8, [192, 0, 2, 1] as [UInt8], "192.0.2.1"),
      (28, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "2001:db8::1"),
      (5, [1, 0x62, 0xc0, 12], "b.a."),
      (2, [0xc0, 12], "a."),
      (12, [0xc0, 12], "a."),
      (15, [0, 10, 2, 0x6d, 0x78, 0xc0, 12], "10 mx.a."),
      (33, [0, 1, 0, 2, 0x1f, 0x90, 0xc0, 12], "1 2 8080 a."),
      (16, [5, 0x68, 0x65, 0x20, 0x22, 0x6f, 1, 7], #""he \"o" "\007""#),
      (
        6,
        [
          0xc0, 12, 0xc0, 12, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 1, 0,
        ], "a. a. 1 2 3 4 256"
      ),
      (99, [1, 0xab], ##"\# 2 01ab"##),
    ])
  func readsRecords(_ type: UInt8, _ data: [UInt8], _ text: String) {
    let (records, isWhole) = DNSRecord.all(in: answer([(type, data)]))
    #expect(isWhole && records.map(\.text) == [text])
  }

  /// An answer cut at each place, and with each byte turned over, is read or refused.
  @Test func readsBrokenAnswersToo() {
    let whole = answer([
      (1, [192, 0, 2, 1]), (15, [0, 10, 2, 0x6d, 0x78, 0xc0, 12]), (16, [2, 0x68, 0x65]),
      (6, [0xc0, 12, 0xc0, 12] + Array(repeating: 1, count: 20)),
      (33, [0, 1, 0, 2, 0, 3, 0xc0, 12]),
    ])
    #expect(DNSRecord.all(in: whole).records.count == 5)
    for end in whole.indices { #expect(DNSRecord.all(in: Array(whole[..<end])).records.count < 5) }
    for index in whole.indices {
      for mask: UInt8 in [0xff, 0x80, 0x01, 0x40] {
        var bytes = whole
        bytes[index] ^= mask
        #expect(DNSRecord.all(in: bytes).records.count <= 255)
      }
    }
  }

  @Test func knowsItsOwnEchoes() {
    for family in [AF_INET, AF_INET6] {
      var bytes = EchoPacket.request(family: family, identifier: 0x1234, sequence: 77, token: 99)
      let asked = EchoPacket(bytes[...], family: family, isReply: false, hasIPHeader: false)
      #expect(asked?.identifier == 0x1234 && asked?.sequence == 77 && asked?.token == 99)
      #expect(EchoPacket(bytes[...], family: family, isReply: true, hasIPHeader: false) == nil)
      bytes[0] = family == AF_INET ? 0 : 129
      let headed = [0x45] + Array(repeating: 0, count: 19) + bytes
      let answered = EchoPacket(headed[...], family: family, isReply: true, hasIPHeader: true)
      #expect(answered?.token == 99)
      for end in 0..<8 {
        #expect(EchoPacket(bytes[..<end], family: family, isReply: true, hasIPHeader: false) == nil)
      }
      // Cut anywhere, and with any first byte, which says how long a header is, it hurts nobody.
      for end in headed.indices {
        for first in UInt8.min...UInt8.max {
          let bent = [first] + headed[..<end].dropFirst()
          let packet = EchoPacket(bent[...], family: family, isReply: true, hasIPHeader: true)
          let isWhole = end >= headed.count - (bytes.count - 16)
          #expect(packet?.token != 99 || isWhole)
        }
      }
    }
  }

  @Test(
    arguments: [
      ("< Set-Cookie: a=b", "< Set-Cookie: …"), ("< Server: nginx", "< Server: nginx"),
      ("> Authorization: Basic abc", "> Authorization: …"), ("> X-Api-Key: abc", "> X-Api-Key: …"),
    ])
  func keepsSecretsOutOfConversations(_ line: String, _ shown: String) {
    let kind = line.hasPrefix("<") ? CURLINFO_HEADER_IN : CURLINFO_HEADER_OUT
    #expect(lines(kind, String(line.dropFirst(2)), isText: false) == [shown])
  }

  @Test(
    arguments: [
      ("PASS secret", "> PASS …"), ("A001 LOGIN me secret", "> A001 LOGIN …"),
      ("AUTH PLAIN c2VjcmV0", "> AUTH …"), ("c2VjcmV0", "> …"),
    ])
  func keepsPasswordsOutOfCommands(_ line: String, _ shown: String) {
    #expect(lines(CURLINFO_HEADER_OUT, line + "\r\n", isText: true) == [shown])
  }

  private func lines(_ kind: curl_infotype, _ text: String, isText: Bool) -> [String] {
    Array(text.utf8CString.dropLast()).withUnsafeBufferPointer {
      Conversation.lines(kind, $0, isText: isText)
    }
  }
}

/// Why ICMP echo cannot be asked for here, or nil.
private let echoObstacle: String? = {
  guard let poller = Poller() else { return "needs epoll" }
  do {
    try EchoProber(poller, Findings()).open(AF_INET, at: 0)
    return nil
  } catch { return "\(error)" }
}()

@Suite(.enabled(if: echoObstacle == nil, "skipped: \(echoObstacle ?? "")"))
struct EchoProberTests {
  /// A middlebox may have lost what it knows of an identifier: who is silent for long is asked under
  /// another, and the old socket stays for what is still in flight.
  @Test func changesTheIdentifierAfterLongSilence() throws {
    let poller = try #require(Poller())
    let echoes = EchoProber(poller, Findings(), longSilence: 1000)
    let address = try #require(SocketAddress("127.0.0.1"))
    func ask(_ ticket: Int, _ target: Int, at now: Int64) {
      echoes.begin(ticket, target, address, source: nil, at: now)
    }
    ask(0, 1, at: 0)
    let first = echoes.openSockets
    echoes.giveUp(0, at: 10)
    ask(1, 1, at: 500)
    #expect(echoes.openSockets == first)
    // Silent since 10: now it is long.
    ask(2, 2, at: 1005)
    #expect(echoes.openSockets == first)
    ask(3, 1, at: 1011)
    #expect(echoes.openSockets.count == 2 && echoes.openSockets.isSuperset(of: first))
    echoes.giveUp(1, at: 1100)
    echoes.giveUp(2, at: 1100)
    #expect(echoes.openSockets.count == 1 && echoes.openSockets != first)
  }
}

@Suite struct GateTests {
  private func probe(_ target: Int, isUrgent: Bool = false) -> Gate.Waiting {
    Gate.Waiting(
      target: target, due: Instant(milliseconds: 0), after: nil, isUrgent: isUrgent)
  }

  @Test func letsSoManyInAndTheOthersInTurn() {
    var gate = Gate(hosts: 2, most: 2)
    // Who waits already, as 3 does, loses a further turn.
    let entered = [1, 2, 3, 4, 3].map { gate.enter(0, probe($0)) }
    #expect(entered == [true, true, false, false, false])
    #expect(gate.skipped == 1)
    let isOtherOpen = gate.enter(1, probe(9))
    #expect(isOtherOpen)
    let next = (1...4).map { _ in gate.leave(0)?.target }
    #expect(next == [3, 4, nil, nil])
    let isOpen = gate.enter(0, probe(5))
    #expect(isOpen)
  }

  @Test func letsDoubtsInFirstAndSaysWhatWasLeftOut() {
    var gate = Gate(hosts: 1, most: 1)
    for target in 1...4 { _ = gate.enter(0, probe(target)) }
    // 4 waits already, and is now in doubt; 5 is so from the beginning; 2 loses a turn.
    for target in [4, 5] { _ = gate.enter(0, probe(target, isUrgent: true)) }
    _ = gate.enter(0, probe(2))
    let next = (1...6).map { _ in gate.leave(0) }
    #expect(next.map { $0?.target } == [4, 5, 2, 3, nil, nil])
    #expect(next.map { $0?.after } == [.overload, nil, .overload, nil, nil, nil])
    #expect(gate.skipped == 2)
  }

  @Test func tellsHowLateProbesWere() {
    var punctuality = Punctuality()
    for late in 1...100 { punctuality.note(.milliseconds(Int64(late))) }
    punctuality.note(.seconds(9))
    #expect(punctuality.quantile(0.5) == .milliseconds(51))
    #expect(punctuality.quantile(0.99) == .milliseconds(100))
    #expect(punctuality.most == .seconds(9) && punctuality.sent == 101)
    #expect(punctuality.late == 2)
  }
}
