import Expressions
import Outages
import Testing

@testable import Plans

@Suite struct SettingsTests {
  private func settings(
    _ text: String, url: String = "https://h/", files: [String: String] = [:],
    environment: [String: String] = [:]
  ) throws -> ProbeSettings {
    let plan = try plan(
      "targets: {a: {url: '\(url)', \(text)}}", files: files, environment: environment)
    return try #require(plan.probes.first).settings
  }

  @Test func readsHowHTTPIsAsked() throws {
    let settings = try settings(
      """
      method: POST, headers: {Accept: text/html, X-Key: '${KEY}'}, body: '{"a":1}', redirects: 3,
      proxy: 'http://p:3128', http: 2, family: ipv6, source: eth0,
      auth: {user: me, password-file: secret}, tls: {ca: ca.pem, verify: no},
      expect: {status: [200, 301-302], body: 'o+k', json: {/a/0: 1, /b: }, headers: {Server: nginx},
               certificate: 14d}
      """, files: ["secret": "s3cret\n", "ca.pem": ""], environment: ["KEY": "k"])
    var expected = ProbeSettings()
    expected.method = "POST"
    expected.headers = ["Accept: text/html", "X-Key: k"]
    expected.confided = ["k"]
    expected.body = #"{"a":1}"#
    (expected.redirects, expected.proxy, expected.version) = (3, "http://p:3128", .two)
    (expected.family, expected.source) = (.ipv6, "eth0")
    expected.credentials = .password(user: "me", "s3cret")
    (expected.tls.authorities, expected.tls.isVerified) = ("ca.pem", false)
    expected.expectation.statuses = [200...200, 301...302]
    expected.expectation.body = try RegularExpression("o+k")
    expected.expectation.json = [
      AnswerExpectation.Value(pointer: try #require(JSONPointer("/a/0")), text: "1"),
      AnswerExpectation.Value(pointer: try #require(JSONPointer("/b")), text: nil),
    ]
    expected.expectation.headers = [
      AnswerExpectation.Header(name: "Server", value: try RegularExpression("nginx"))
    ]
    expected.expectation.certificate = .days(14)
    #expect(settings == expected)
  }

  @Test func readsWhatDNSMustAnswer() throws {
    let expectation = try settings(
      "expect: {rcode: [NXDOMAIN, 5], answer: 192.0.2.1}", url: "dns://9.9.9.9/example.org?type=MX"
    ).expectation
    #expect(expectation.responseCodes == [3, 5])
    #expect(expectation.answers == ["192.0.2.1"])
    let question = try #require(DNSQuestion(url: "dns+tcp://9.9.9.9/example.org?type=mx"))
    #expect(question.name == "example.org" && question.type == "MX" && question.isOverTCP)
  }

  @Test func keepsConnectionsWhereThatIsWanted() throws {
    #expect(try settings("reuse: yes").keepsConnection)
    #expect(try !settings("reuse: no").keepsConnection)
  }

  @Test func readsTheWaysToFail() throws {
    #expect(
      try settings("expect: {error: [refused, timeout]}", url: "tcp://h:1").expectation.failures
        == [.refused, .timeout])
    #expect(
      try settings("expect: {error: any}", url: "icmp://h").expectation.failures
        == Set(Failure.allCases))
  }

  @Test(
    arguments: [
      ("url: 'https://h/', method: 'g et'", "'g et' is no method, like GET or HEAD"),
      ("url: 'https://h/', expect: {body: '('}", "is no regular expression: missing closing"),
      ("url: 'https://h/', expect: {json: {a: 1}}", "'a' is no JSON pointer"),
      ("url: 'https://h/', auth: {user: x}", "this needs user and password"),
      ("url: 'https://h/', auth: {user: x, password: '${NONE}'}", "has no variable 'NONE'"),
      ("url: 'https://h/', auth: {bearer-file: none}", "cannot read none: not there"),
      ("url: 'https://h/', proxy: 'ftp://x'", "'ftp://x' is no proxy"),
      ("url: 'https://h/', redirects: 99", "'99' is not a whole number from 0 to 50"),
      ("url: 'https://h/', http: 3", "'3' is not 1.1 or 2"),
      ("url: 'https://h/', family: ipv5", "'ipv5' is not ipv4, ipv6, both or any"),
      ("url: 'https://h/', reuse: maybe", "'maybe' is neither yes nor no"),
      ("url: 'https://h/', tls: {key: k}", "cannot read k"),
      ("url: 'https://h/', like: none", "'none' is no template"),
      ("url: 'https://h/', with: {a: b}", "'with' gives a template its variables"),
      ("url: 'https://{h}/'", "has a '{'; write it as %7B if it is meant"),
      ("url: 'icmp://h:1'", "icmp has no ports; write icmp://h"),
      ("url: 'icmp://h', method: GET", "icmp has no 'method'; remove this"),
      ("url: 'icmp://127.1'", "'127.1' is no address; write all of it, like 192.0.2.1"),
      ("url: 'dns://127.1/x'", "'127.1' is no address"),
      (
        "url: 'https://h/', reuse: yes, expect: {certificate: 9d}",
        "a connection that is kept shows"
      ),
      ("url: 'sftp://h/'", "does not speak 'sftp'"),
      ("url: 'http://[::zz]/'", "'::zz' is no address; write all of it"),
      ("url: 'http://a,b/'", "'a,b' is no name of a host; it has letters, digits"),
      ("url: 'tcp://h:1/up'", "tcp asks for nothing; remove '/up'"),
      ("url: 'icmp://h/up'", "icmp asks for nothing; remove '/up'"),
      (
        "url: 'https://h/', headers: {'a b': c}", "'a b' is no header's name; write one like Accept"
      ),
      ("url: 'https://h/', proxy: 'http://p'", "'http://p' lacks a host or a port"),
      (
        "url: 'https://h/', proxy: 'socks5://p:1080'",
        "with socks5 the name 'h' would be resolved here; write socks5h"
      ),
      ("url: 'http://192.0.2.1/', family: ipv6", "'192.0.2.1' is no address of ipv6"),
      (
        "url: 'tcp://[::1]:80', source: 192.0.2.1",
        "from '192.0.2.1' there is no way to '::1', an address of another family"
      ),
      ("url: 'https://h/', expect: {status: []}", "here must be a status or a range of them"),
      ("url: 'https://h/', expect: {json: {}}", "this expects nothing; remove it, or say what"),
      ("url: 'https://h/', expect: {headers: {}}", "this expects nothing"),
      ("url: 'https://h/', auth: {bearer: a, user: b, password: c}", "this says it twice"),
      ("url: 'https://h/', auth: {bearer: a, bearer-file: b}", "this says it twice"),
      ("url: 'https://h/', auth: {bearer: \"a\\nX: y\"}", "told by one line, and here is more"),
      ("url: 'https://h/', proxy: 'http://p:99999'", "'http://p:99999' lacks a host or a port"),
      ("url: 'https://h:+443/'", "':+443' is no port"),
      ("url: 'icmp://::1'", "an address of IPv6 stands in brackets, like icmp://[::1]"),
      ("url: 'http:/h/'", "'http:/h/' lacks a slash; write http://h/"),
      ("url: 'dns://[fe80::1%25eth0]/x'", "a name server is asked without its interface"),
      ("url: 'https://h/', family: both, behind: a", "'a/ipv4' is of the group 'a' itself"),
      ("url: 'dns://h/'", "asks for no name; write it behind the server"),
      ("url: 'dns://h/x?typ=A'", "'typ=A' is no setting of a DNS question; there is type=AAAA"),
      ("url: 'http://h/', expect: {certificate: 9d}", "http has no certificate to expect"),
      ("url: 'mqtt://h/'", "mqtt needs a topic, like mqtt://h/topic"),
      ("url: 'dns://h/x?type=Q'", "'Q' is no type of record; there are A, AAAA"),
      ("url: 'dns://h/x', expect: {status: 200}", "dns has no status to expect"),
      (
        "url: 'tcp://h:1', expect: {rcode: 3}",
        "tcp has no rcode to expect; remove this, or use another"
      ),
    ])
  func namesEachProblem(_ settings: String, _ problem: String) {
    let found = check("targets:\n  a: {\(settings)}", says: problem)
    #expect(found?.list.allSatisfy { $0.path == "plan.yaml" && $0.line == 2 } ?? false)
  }

  /// A password stays out of whatever is printed of a plan's problems.
  @Test(
    arguments: [
      "url: 'https://me:${PW}@h x/'", "url: 'me:${PW}@h'",
      "url: 'https://h/', proxy: 'ftp://me:${PW}@p'",
      "url: 'https://h/', method: '${PW}'", "url: 'https://h/', redirects: '${PW}'",
      "url: 'https://h/', expect: {body: '(${PW}'}",
    ])
  func keepsPasswordsOutOfProblems(_ settings: String) {
    do {
      _ = try plan("targets: {a: {\(settings)}}", environment: ["PW": "s3cret"])
      Issue.record("this is no problem")
    } catch {
      #expect(!error.description.contains("s3cret"), "\(error)")
    }
  }

  /// What is expected may be one too, and stands in what is said when it is not met.
  @Test func keepsPasswordsOutOfExpectations() throws {
    let expect = "{body: 'x${PW}y', json: {/token: '${PW}'}, headers: {X: '${PW}'}}"
    let plan = try plan(
      "targets: {a: {url: 'https://h/', expect: \(expect)}}", environment: ["PW": "s3cret"])
    let expectation = plan.probes[0].settings.expectation
    #expect(expectation.body?.text == "xs3crety" && expectation.body?.description == "x${PW}y")
    #expect(
      expectation.json.map(\.text) == ["s3cret"] && expectation.json.map(\.shown) == ["${PW}"])
    #expect(expectation.headers.map(\.value.description) == ["${PW}"])
  }

  @Test func readsWhatBeginsWithAMark() throws {
    #expect(try plan("\u{feff}targets: {a: 'tcp://h:1'}").probes.count == 1)
  }

  /// What a target says itself, or a list's rows, the template need not be told.
  @Test func fillsTemplates() throws {
    let overriding = try plan(
      "templates: {t: {url: 'http://{host}/'}}\ntargets: {a: {like: t, url: 'tcp://h:1'}}")
    #expect(overriding.probes.map(\.url) == ["tcp://h:1"])
    let listed = try plan(
      "templates: {t: {url: 'http://{host}/'}}\nlists: [{file: h.txt, like: t}]",
      files: ["h.txt": "x.test"])
    #expect(listed.probes.map(\.url) == ["http://x.test/"])
  }

  @Test func sharesWhatIsAlike() throws {
    let plan = try plan(
      """
      templates: {web: {url: 'https://{host}/', every: 10s, expect: {body: 'I am {host}'}}}
      targets:
        a: {like: web, with: {host: x.test}}
        b: {like: web, with: {host: y.test}, every: 1m}
        c: 'tcp://z:1'
        d: 'tcp://z:2'
      """)
    #expect(
      plan.probes.map(\.url) == ["https://x.test/", "https://y.test/", "tcp://z:1", "tcp://z:2"])
    #expect(
      plan.session.targets.map(\.every) == [.seconds(10), .minutes(1), .seconds(30), .seconds(30)])
    #expect(plan.probes[1].settings.expectation.body?.text == "I am y.test")
    _ = check(
      "templates: {t: {url: 'http://{host}/'}}\ntargets: {a: {like: t, with: {host: h, hots: i}}}",
      says: "plan.yaml:2:40: the template has no '{hots}'; did you mean 'host'?")
    _ = check(
      "templates: {t: {url: 'http://{host}/', headers: {X: '{what}'}}}\ntargets: {a: {like: t, with: {host: h}}}",
      says: "the template 't' needs more: with: {what: …}")
    #expect(plan.probes[2].settingsIdentity == plan.probes[3].settingsIdentity)
  }
}
