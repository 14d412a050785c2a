import Foundation
import Testing

extension CommandTests {
  /// Whatever is wrong: one clear message, and the right exit code.
  @Suite struct WrongInput {
    /// `$` in an argument stands for the scratch folder.
    struct Case: CustomTestStringConvertible, Sendable {
      var arguments: String
      var status: Int32
      var message: String
      var input = ""

      var testDescription: String { "outage \(arguments)" }
    }

    private static let good = #"{"time":"2014-12-22T12:00:00Z","target":"a","ok":true}"# + "\n"

    private static let files = [
      "good.log": good,
      "empty.log": "",
      "header.log": "{\"log\":\"outage/1\"}\n",
      "junk.log": "\u{1}\u{2}\u{3}\nnonsense\n",
      "newer.log": "{\"log\":\"outage/2\"}\n",
      "future.log": #"{"time":"2914-12-22T12:00:00Z","target":"a","ok":true}"# + "\n",
      "columns.csv": "time;target;ok\n",
      "bare.csv": "2014-12-22T12:00:00Z,a,1,20\n",
      "other.json":
        #"{"format":"outage-report/1","from":"2013-12-22T12:00:00Z","to":"2013-12-22T13:00:00Z","#
        + #""episodes":[]}"#,
      "good.yaml": "targets: {a: 'tcp://127.0.0.1:1'}\n",
      "bad.yaml": "evry: 30s\ntargets: {a: nothing}\n",
      "strip.yaml": "drawn: |\n  a ..xx...\n",
      "truth.json":
        #"{"format":"outage-truth/1","title":"","seed":"1","vantage":"v","from":"2014-12-22T12:00:00Z","#
        + #""to":"2014-12-22T13:00:00Z","sustained":"5m","targets":[],"groups":[],"events":[]}"#,
      "backwards.json":
        #"{"format":"outage-truth/1","title":"","seed":"1","vantage":"v","from":"2014-12-22T12:00:00Z","#
        + #""to":"2014-12-22T13:00:00Z","sustained":"5m","targets":[],"groups":[],"events":[{"#
        + #""kind":"blip","scope":{"target":"a"},"family":"f","start":"2014-12-22T12:30:00Z","#
        + #""end":"2014-12-22T12:20:00Z","seen":{"probes":3}}]}"#,
      "scenario.yaml": "drawn: |\n  a ..xx...\nexpect: |\n  a .......\n",
    ]

    static let cases = [
      Case(arguments: "", status: 0, message: ""),
      Case(arguments: "--help", status: 0, message: ""),
      Case(arguments: "--version", status: 0, message: ""),
      Case(arguments: "help replay", status: 0, message: ""),
      Case(arguments: "frobnicate", status: 2, message: "frobnicate"),
      Case(arguments: "replay", status: 2, message: "Missing expected argument '<log> ...'"),
      Case(arguments: "replay --frmat json $/good.log", status: 2, message: "--frmat"),
      Case(arguments: "replay --format xml $/good.log", status: 2, message: "xml"),
      Case(
        arguments: "replay --timezone Mars/Olympus $/good.log", status: 2,
        message: "'Mars/Olympus' is no time zone"),
      Case(
        arguments: "replay --set sustained=5m $/good.log", status: 2,
        message: "is not key=value with one of the keys detection.sustained"),
      Case(
        arguments: "replay --set detection.sustained=soon $/good.log", status: 2,
        message: "'soon' is not a duration from 1s to ten years, like 5m"),
      Case(
        arguments: "replay --since yesterday $/good.log", status: 2,
        message: "--since 'yesterday' is no time"),
      Case(
        arguments: "replay --since 2014-12-23 --until 2014-12-22 $/good.log", status: 2,
        message: "must be before --until"),
      Case(
        arguments: "replay --target b $/good.log", status: 2,
        message: "there is no target 'b'; there are a"),
      Case(
        arguments: "replay --group g $/good.log", status: 2,
        message: "there is no group 'g'; there are none"),
      Case(
        arguments: "replay $/missing.log", status: 66,
        message: "cannot open $/missing.log: No such file or directory"),
      Case(arguments: "replay $", status: 74, message: "cannot read $: Is a directory"),
      Case(
        arguments: "replay $/empty.log", status: 65, message: "$/empty.log holds no observations"),
      Case(
        arguments: "replay $/header.log", status: 65, message: "$/header.log holds no observations"),
      Case(arguments: "replay -", status: 65, message: "- holds no observations"),
      Case(
        arguments: "replay $/junk.log", status: 65, message: "$/junk.log:2: this is no observation"),
      Case(
        arguments: "replay $/newer.log", status: 65,
        message: "the log has the format 'outage/2', this version reads 'outage/1'"),
      Case(
        arguments: "replay $/future.log", status: 0,
        message: "the log ends in the future, at 2914-12-22"),
      Case(
        arguments: "replay --plan $/bad.yaml $/good.log", status: 78,
        message: "$/bad.yaml:1:1: unknown key 'evry'; did you mean 'every'?"),
      Case(
        arguments: "replay --policy kind $/good.log", status: 2,
        message: "'kind' is no policy; there are every-interruption, outages-only"),
      Case(
        arguments: "note x --from 2014-12-22 --to 2014-12-23 --data $/none", status: 66,
        message: "there is no log in $/none yet"),
      Case(
        arguments: "why nothing $/good.log", status: 2, message: "there is no episode 'nothing'"),
      Case(arguments: "why latest $/good.log", status: 2, message: "there is no outage"),
      Case(arguments: "why latest -", status: 2, message: "the log is read twice"),
      Case(
        arguments: "why latest --data $/none", status: 66, message: "there is no log in $/none yet"),
      Case(
        arguments: "replay $/columns.csv", status: 65,
        message: "a log in CSV names its columns in the first line"),
      Case(
        arguments: "replay $/bare.csv", status: 65,
        message: "$/bare.csv:1: a log in CSV names its columns in the first line"),
      Case(
        arguments: "timeline --data $/none", status: 66,
        message: "there is no log in $/none yet; begin one with"),
      Case(
        arguments: "watch $/missing.yaml --data $/d", status: 66,
        message: "cannot read $/missing.yaml: No such file"),
      Case(
        arguments: "watch /proc/self/ns --data $/d", status: 66,
        message: "there are no .yaml files in /proc/self/ns"
      ),
      Case(
        arguments: "watch $/bad.yaml --data $/d", status: 78,
        message: "$/bad.yaml:2:14: 'nothing' has no scheme"),
      Case(
        arguments: "watch $/good.yaml --for ever --data $/d", status: 2,
        message: "'ever' is no duration; write one like 10m"),
      Case(
        arguments: "watch $/good.yaml --once --for 1m --data $/d", status: 2,
        message: "--once stops by itself; leave --for out"),
      Case(
        arguments: "watch $/good.yaml --data $/good.yaml/x", status: 73,
        message: "cannot make the data folder $/good.yaml/x"),
      Case(
        arguments: "watch $/good.yaml --data /proc/x", status: 73,
        message: "choose another with --data DIR"),
      Case(arguments: "simulate $/missing.yaml", status: 66, message: "cannot read $/missing.yaml"),
      Case(
        arguments: "simulate $/good.yaml", status: 78,
        message: "there is nothing to simulate; add 'weather' or 'drawn'"),
      Case(
        arguments: "simulate $/scenario.yaml", status: 1,
        message: "a: expected .......\na: but found ..BB..."),
      Case(
        arguments: "simulate $/scenario.yaml --log $/no/log", status: 73,
        message: "cannot open $/no/log"),
      Case(arguments: "simulate $/scenario.yaml --seed x", status: 2, message: "--seed"),
      Case(arguments: "simulate", status: 2, message: "or let the seed draw one with --swarm"),
      Case(arguments: "simulate $/scenario.yaml --swarm", status: 2, message: "with --swarm"),
      Case(
        arguments: "simulate $/scenario.yaml --every soon", status: 2,
        message: "'soon' is no duration"),
      Case(
        arguments: "simulate $/strip.yaml --truth $/no/truth", status: 73,
        message: "cannot write $/no/truth"),
      Case(arguments: "score $/missing $/good.log", status: 66, message: "cannot read $/missing"),
      Case(
        arguments: "score $/good.log $/good.log", status: 65,
        message: "$/good.log: this is no truth: there is no 'format'"),
      Case(arguments: "score $/truth.json", status: 2, message: "Missing expected argument"),
      Case(
        arguments: "score $/backwards.json $/good.log", status: 65,
        message: "does not begin before it ends"),
      Case(
        arguments: "simulate $/strip.yaml --length 1h", status: 78,
        message: "what is drawn is as long as its rows"),
      Case(
        arguments: "score $/truth.json $/truth.json", status: 65,
        message: "this is no report: there is no 'episodes'"),
      Case(
        arguments: "replay $/good.log --diff", status: 2, message: "--diff shows what --set changes"
      ),
      Case(
        arguments: "replay - --diff --set detection.gap=3", status: 2,
        message: "standard input cannot be read again"),
      Case(
        arguments: "replay $/good.log --against $/good.yaml", status: 65,
        message: "$/good.yaml: this is no report"),
      Case(
        arguments: "replay $/good.log --against $/other.json", status: 0,
        message: "$/other.json ends before what is replayed begins"),
      Case(arguments: "check", status: 2, message: "Missing expected argument"),
      Case(arguments: "check $/good.yaml", status: 0, message: ""),
      Case(arguments: "check $/good.yaml $/bad.yaml", status: 1, message: "$/bad.yaml:2:14"),
      Case(arguments: "check $/missing.yaml", status: 66, message: "cannot read $/missing.yaml"),
    ]

    @Test(arguments: cases)
    func isNamed(_ example: Case) throws {
      let scratch = try Scratch()
      for (name, text) in WrongInput.files { try scratch.write(text, name) }
      let arguments = example.arguments.split(separator: " ").map {
        $0.replacingOccurrences(of: "$", with: scratch.path)
      }
      let result = try Program.run(arguments, input: example.input)
      let message = example.message.replacingOccurrences(of: "$", with: scratch.path)
      #expect(result.status == example.status, "\(result.errors)")
      #expect(message.isEmpty || result.errors.contains(message), "\(result.errors)")
      // A message goes to people, a result to programs: never both to one place.
      if example.status == 0, message.isEmpty {
        #expect(result.errors == "")
        #expect(result.output != "")
      }
    }

    @Test func aLogThatEndsInTheFutureIsNotGoneOnWith() throws {
      let scratch = try Scratch()
      try scratch.write(WrongInput.files["future.log"] ?? "", "probes.ndjson")
      let plan = try scratch.write(WrongInput.files["good.yaml"] ?? "", "plan.yaml")
      let result = try Program.run(["watch", plan, "--once", "--data", scratch.path])
      #expect(result.status == 75)
      #expect(result.errors.contains("the log ends in the future, at 2914-12-22T12:00:00.000Z"))
    }
  }
}
