import Foundation
import Images
import Testing

/// Names that are no UTF-8, and that a terminal would obey, from the command line to the run.
@Suite struct NamesTests {
  let gen = Program()

  /// Runs a script of bash, which calls the program as `gen`.
  private func bash(_ script: String) throws -> Program.Result {
    try gen.write("program=$1; gen() { \"$program\" \"$@\"; }\n\(script)\n", to: "script.bash")
    return try gen.startAsWords(of: "script.bash", []).wait()
  }

  private func writeImages(_ classes: [String]) throws {
    for (index, name) in classes.enumerated() {
      for number in 0..<12 {
        let pixels = (0..<256).map { UInt8(truncatingIfNeeded: $0 * (index + 1) + 7 * number) }
        let image = Image(width: 16, height: 16, channels: 1, pixels: pixels)
        let file = URL(fileURLWithPath: gen.folder("images/\(name)/\(number).png"))
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(image.pngData()).write(to: file)
      }
    }
  }

  private static let conditional = (Program.smallDiffusion + ["--set", "model.conditional=true"])
    .map { "'\($0)'" }.joined(separator: " ")

  @Test func classesOfAnyNameAreLearnedAndNamed() throws {
    try writeImages(["a", "b", "c", #"x\xE9"#])
    let result = try bash(
      #"""
      set -e
      mv images/a $'images/caf\xe9'; mv images/b $'images/dog\r'
      mv images/c $'images/new\n\e[31mline'
      gen data check images
      gen train classifier --data images --set model.size=16 --set 'model.channels=[4, 8]' \
        --set batch=4 --steps 2 --set evaluate.every=2 --name judge
      gen eval judge
      gen \#(Self.conditional) --data images --steps 1 --name drawn
      for class in 'caf\xE9' $'dog\r' 'dog\u{0D}' 'x\xE9'; do
        gen sample drawn --class "$class" --count 1 --steps 2 -o one.png
        gen inspect one.png --no-show | grep '^class: '
      done
      cat runs/judge/classes.txt
      """#)
    #expect(result.status == 0, "\(result.messages)")
    for name in [#"0 (caf\xE9)"#, #"1 (dog\u{0D})"#, #"3 (x\x5CxE9)"#] {
      #expect(result.output.contains("class: \(name)\n"), "\(result.output)")
    }
    let names = [#"caf\xE9"#, #"dog\u{0D}"#, #"new\u{0A}\u{1B}[31mline"#, #"x\x5CxE9"#]
    for name in names {
      #expect(result.output.contains("  \(name): 12\n"))
      // The file has each on a line of its own.
      #expect(result.output.contains("\n\(name)\n"))
    }
    #expect(result.output.hasSuffix(names.map { $0 + "\n" }.joined()))
    #expect(!result.output.unicodeScalars.contains { $0 == "\r" || $0 == "\u{1B}" })
  }

  @Test func wordsThatAreNoTextAreRefusedByName() throws {
    for command in [
      #"gen data check $'caf\xe9'"#, #"gen train gan --data $'caf\xe9'"#,
      #"gen train gan --name $'caf\xe9'"#, #"gen sample --prompt $'caf\xe9'"#,
      #"gen sample -o $'caf\xe9.png'"#, #"GEN_HOME=$'caf\xe9'; export GEN_HOME; gen list"#,
    ] {
      let result = try bash(command)
      #expect(result.status == 64, "\(command): \(result.messages)")
      #expect(result.messages.contains(#"caf\xE9"#) && result.messages.contains("UTF-8"))
      #expect(try bash("ls").output == "script.bash\n")
    }
  }

  @Test func runsAndFoldersOfOtherNames() throws {
    let training = Program.smallGAN.map { "'\($0)'" }.joined(separator: " ")
    let result = try bash(
      #"""
      set -e
      mkdir $'work\xe9'; cd $'work\xe9'
      gen \#(training) --steps 1 --name one
      gen sample one -o one.png
      test -s one.png
      cp -r runs/one $'runs/two\xe9'
      gen list
      gen sample -o newest.png
      """#)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.contains(#"passing over runs/two\xE9: its name is not UTF-8"#))
    #expect(result.output.contains("one"))
  }

  @Test func filesEditedOnWindowsStillRead() throws {
    let training = Program.smallGAN.map { "'\($0)'" }.joined(separator: " ")
    let result = try bash(
      #"""
      set -e
      gen \#(training) --steps 1 --name one
      gen train --resume one --steps 2
      sed -i 's/$/\r/' runs/one/recipe.yaml runs/one/command.txt runs/one/metrics.csv
      gen inspect runs/one/recipe.yaml
      gen inspect runs/one/command.txt
      gen inspect runs/one/metrics.csv
      gen report one -o report.html
      gen train --resume one --steps 3
      grep '^# after' runs/one/recipe.yaml
      """#)
    #expect(result.status == 0, "\(result.messages)")
    let changes = result.output.split(separator: "\n").suffix(2)
    #expect(changes.map(String.init).allSatisfy { $0.hasPrefix("# after step ") })
    #expect(changes.contains { $0.contains("was 1, is 2") }, "\(result.output)")
    #expect(changes.contains { $0.contains("was 2, is 3") }, "\(result.output)")
    #expect(result.output.contains("command.txt: text, 1 line,"))
    let report = String(decoding: try gen.bytes("report.html"), as: UTF8.self)
    #expect(report.contains("<mark>channels: 4</mark>"))
  }

  @Test func nothingOfOthersReachesTheTerminalAsItIs() throws {
    try gen.write("a text", to: "t\u{202E}\u{1B}[31m\n.txt")
    for command in [
      #"gen data check $'a\e[31m\nb'"#, #"gen inspect $'a\e[31m\nb.png'"#,
      #"gen sample $'--f\e[1moo'"#, #"gen $'\e[1mtrain'"#, #"gen train gan --steps $'\e[1m'"#,
      #"gen train $'\e[1m.yaml'"#, #"gen train gan --set $'a\e[1m=3'"#,
      #"gen data check $'t\u202e\e[31m\n.txt'"#, #"gen inspect $'t\u202e\e[31m\n.txt'"#,
      #"gen data check --json $'t\u202e\e[31m\n.txt'"#, #"gen import $'\e[1mx'"#,
      #"gen sample $'\e[1mx'"#, #"gen eval $'\e[1mx'"#, #"gen report $'\e[1mx'"#,
    ] {
      let result = try bash("export LC_ALL=C.UTF-8; " + command)
      let said = result.output + result.messages
      #expect(!said.isEmpty)
      let obeyed = said.unicodeScalars.filter {
        $0.properties.generalCategory == .control && $0 != "\n" || $0.properties.isBidiControl
      }
      #expect(obeyed.isEmpty, "\(command): \(said.debugDescription)")
    }
    let json = try bash(#"export LC_ALL=C.UTF-8; gen data check --json $'t\u202e\e[31m\n.txt'"#)
    let value = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(value?["name"] as? String == "t\u{202E}\u{1B}[31m\n.txt")
  }

  /// A word with the end of a line in it does not end the line of the message that quotes it.
  @Test func quotedWordsStayOnTheirLine() throws {
    for command in [
      #"gen train gan --set $'a\nb=3'"#, #"gen train gan --set model.channels=$'a\nb'"#,
      #"gen train $'a\nb'"#, #"gen train gan --steps=$'a\nb'"#,
      #"gen train $'a\nb.yaml'"#, #"gen train gan --data=$'a\nb'"#, #"gen $'a\nb'"#,
      #"gen sample $'a\nb'"#, #"gen sample --sampler $'a\nb'"#, #"gen sample --weights $'a\nb'"#,
      #"gen sample --count=$'a\nb'"#, #"gen sample $'--a\nb'"#, #"gen inspect $'a\nb'"#,
      #"gen eval $'a\nb'"#, #"gen import $'a\nb'"#, #"gen train gan --budget $'a\nb'"#,
      #"gen gallery --date $'a\nb'"#, #"gen data check $'a\nb'"#,
    ] {
      let result = try bash(command)
      #expect(result.status != 0)
      #expect(result.messages.contains(#"a\u{0A}b"#), "\(command): \(result.messages)")
      #expect(!result.messages.contains("a\nb"), "\(command): \(result.messages)")
    }
  }
}
