import Foundation
import Testing

/// Wrong input of every kind: the exit status, and a message that names what is wrong.
struct ErrorTests {
  let gen = Program()

  @Test func aVerbThatDoesNotExist() throws {
    #expect(try gen("tarin").status == 64)
  }

  @Test func helpGoesToStandardOutput() throws {
    let result = try gen("--help")
    #expect(result.status == 0 && result.output.contains("train") && result.messages.isEmpty)
  }

  @Test func dataThatIsNotThere() throws {
    let result = try gen("train", "gan", "--data", "/nowhere")
    #expect(result.status == 66 && result.messages.contains("/nowhere"))
  }

  @Test func aKeyThatDoesNotExist() throws {
    try gen.write("kind: gan\nmodel:\n  chanels: 64\n", to: "mine.yaml")
    let result = try gen("train", "./mine.yaml")
    #expect(result.status == 65)
    #expect(result.messages.contains("mine.yaml:3"))
    #expect(result.messages.contains("model.channels"))
  }

  @Test func aSettingThatDoesNotExist() throws {
    let result = try gen("train", "gan", "--set", "model.chanels=64")
    #expect(result.status == 64)
    #expect(result.messages.contains("model.chanels"))
    #expect(result.messages.contains("model.channels"))
  }

  /// What was probably meant is said, whatever is misspelt.
  @Test(arguments: [
    ("trian", "did you mean \"train\"?", 64), ("help trian", "did you mean \"train\"?", 64),
    ("frobnicate", "commands are train, sample", 64), ("evaluate", "did you mean \"eval\"?", 64),
    ("verify resum gan", "unknown command 'verify resum'; did you mean \"resume\"?", 64),
    ("data chekc x", "did you mean \"check\"?", 64), ("list --jsn", "'--json'", 64),
    ("train gna", "did you mean \"gan\"?", 64), ("train zzz", "name gan, gan-photos", 64),
    ("train ./mine.yaml", "did you mean \"gan\"?", 65),
    ("train gan --data fashin-mnist", "did you mean \"fashion-mnist\"?", 66),
    ("train rnn --data fortuns", "did you mean \"fortunes\"?", 66),
    ("data check mnits", "did you mean \"mnist\"?", 66),
    ("eval fashin-mnist", "did you mean \"fashion-mnist\"?", 66),
    ("train gan --set loss=hing", "did you mean \"hinge\"?", 64),
    ("train diffusion --set model.down_block_types=[DownBlok2D]", "\"DownBlock2D\"?", 64),
    ("sample --sampler dddim", "Did you mean 'ddim'?", 64),
    ("sample --on-unknown skpi", "Did you mean 'skip'?", 64),
    ("export --to pretraned x", "Did you mean 'pretrained'?", 64),
    ("bench kernles", "did you mean \"kernels\"?", 64),
    // What it is called elsewhere.
    ("train gan --lr 0.1", "Did you mean '--learning-rate'?", 64),
    ("train gan --learning_rate=0.1", "Did you mean '--learning-rate'?", 64),
    ("train gan -lr 0.1", "did you mean \"--learning-rate\"?", 64),
    ("train gan --bs 8", "Did you mean '--batch-size'?", 64),
    ("train gan --num-epochs 8", "Did you mean '--epochs'?", 64),
    ("train gan --iters 8", "Did you mean '--steps'?", 64),
    ("train gan --out-dir x", "Did you mean '--runs'?", 64),
    ("train gan --silent", "Did you mean '--quiet'?", 64),
    ("sample --batch_size 8", "Did you mean '--batch'?", 64),
    ("sample --temp 1", "Did you mean '--temperature'?", 64),
    ("sample -n 4", "did you mean \"--count\"?", 64), ("sample --ckpt 4", "'--step'?", 64),
    ("sample --cfg-scale 2", "Did you mean '--guidance'?", 64),
    ("sample --quiet", "2> /dev/null leaves them out", 64), ("rm x -y", "\"--yes\"?", 64),
    ("train gan --set lr=0.1", "did you mean \"optimizer.learning_rate\"?", 64),
    ("train gan --set optimizer.lr=1", "did you mean \"optimizer.learning_rate\"?", 64),
    ("train gan --set batch_size=8", "did you mean \"batch\"?", 64),
    ("train gpt --set n_layer=2", "did you mean \"model.layers\"?", 64),
    ("train dcgn", "did you mean \"dcgan\"?", 64),
  ])
  func theNearestName(call: String, answer: String, status: Int32) throws {
    try gen.write("kind: gna\n", to: "mine.yaml")
    let result = try gen.start(call.split(separator: " ").map(String.init)).wait()
    #expect(result.status == status && result.output.isEmpty)
    #expect(result.messages.hasPrefix("gen: ") && result.messages.contains(answer))
    // Said once.
    #expect(result.messages.ranges(of: /[Dd]id you mean/).count <= 1, "\(result.messages)")
  }

  @Test func theNearestRun() throws {
    let small = Program.smallGAN + ["--steps", "1", "--name", "clothes"]
    #expect(try gen.start(small).wait().status == 0)
    for call in [
      "sample", "eval", "report", "inspect", "explain --prompt x", "export --to pretrained",
      "train --resume", "train gan --from",
    ] {
      let result = try gen.start(call.split(separator: " ").map(String.init) + ["cloths"]).wait()
      #expect(result.status == 66, "\(call)")
      #expect(result.messages.contains("did you mean \"clothes\"?"), "\(call): \(result.messages)")
    }
  }

  @Test(arguments: ["--threads=0", "--steps=0", "--budget=soon", "--set=batch"])
  func aFlagOutOfRange(flag: String) throws {
    let result = try gen("train", "gan", "--data", "shapes", flag)
    #expect(result.status == 64, "\(result.messages)")
    #expect(result.messages.contains(String(flag.split(separator: "=")[0])))
  }

  /// Neither of two that say different things wins in silence.
  @Test(arguments: [
    ("--set batch=8 --batch-size 16", "batch"), ("--set steps=8 --steps 16", "steps"),
    ("--set budget.time=10m --steps 16", "budget.time"),
    ("--set budget.time=10m --budget 5m", "budget.time"),
    ("--set data.source=mnist --data shapes", "data.source"),
  ])
  func aKeyThatIsSetTwice(flags: String, key: String) throws {
    let words = ["train", "gan", "--dry-run"] + flags.split(separator: " ").map(String.init)
    let result = try gen.start(words).wait()
    #expect(result.status == 64 && result.messages.contains("both decide \(key)"))
  }

  @Test func aRecipeThatDoesNotExist() throws {
    #expect(try gen("train", "gna").status == 64)
    #expect(try gen("train", "./gna.yaml").status == 66)
  }

  @Test func aRunThatDoesNotExist() throws {
    let result = try gen("sample", "gan-009")
    #expect(result.status == 66 && result.messages.contains("gan-009"))
    #expect(try gen("sample").status == 66)
  }

  @Test func aFolderToWriteToThatDoesNotExist() throws {
    let small = Program.smallGAN + ["--steps", "1"]
    #expect(try gen.start(small + ["--name", "made"]).wait().status == 0)
    let result = try gen("sample", "made", "-o", "nowhere/grid.png")
    #expect(result.status == 73 && result.messages.contains("nowhere/grid.png: cannot"))
    #expect(try gen("sample", "made", "-o", "grid.gif").status == 64)
    #expect(try gen.start(small + ["--name", "made"]).wait().status == 73)
  }

  @Test func anInstructionSetThatDoesNotExist() throws {
    let result = try gen("bench", "kernels", environment: ["GEN_ISA": "mmx"])
    #expect(result.status == 64 && result.messages.contains("mmx"))
  }

  @Test func aCheckpointCutShort() throws {
    let small = Program.smallGAN + ["--steps", "1", "--name", "cut"]
    #expect(try gen.start(small).wait().status == 0)
    let path = gen.folder("runs/cut/checkpoints/step-000001/ema.safetensors")
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.truncate(atOffset: 1000)
    try file.close()
    let result = try gen("sample", "cut")
    #expect(result.status == 65)
    #expect(result.messages.contains("ema.safetensors"))
    #expect(try gen("inspect", path).status == 65)
  }

  /// The header of a PNG of 20000x20000 pixels.
  private static let bomb = Data(
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13] + Array("IHDR".utf8)
      + [0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20, 8, 2, 0, 0, 0, 0x6c, 0x12, 0xd1, 0x6e])

  @Test func aFolderWithBrokenFiles() throws {
    let drawn = Program.smallGAN + ["--steps", "1", "--name", "source"]
    #expect(try gen.start(drawn).wait().status == 0)
    #expect(try gen("sample", "source", "--count", "12", "--each", "photos").status == 0)
    let sound = try gen.bytes("photos/03.png")
    try sound.prefix(sound.count / 2).write(
      to: URL(fileURLWithPath: gen.folder("photos/cut.png")))
    try gen.write("not an image", to: "photos/text.jpg")
    try gen.write("", to: "photos/empty.png")
    let jpeg = ["--format", "jpeg", "--each", "jpeg"]
    #expect(try gen.start(["sample", "source", "--count", "1"] + jpeg).wait().status == 0)
    let whole = try gen.bytes("jpeg/0.jpg")
    try whole.prefix(whole.count / 2).write(
      to: URL(fileURLWithPath: gen.folder("photos/half.jpg")))
    try Self.bomb.write(to: URL(fileURLWithPath: gen.folder("photos/bomb.png")))
    let names = ["cut.png", "text.jpg", "empty.png", "half.jpg", "bomb.png"]

    let check = try gen("data", "check", "photos")
    #expect(check.status == 65)
    for name in names { #expect(check.output.contains(name)) }

    var train = Program.smallGAN + ["--steps", "1"]
    train[3] = "photos"
    let refused = try gen.start(train).wait()
    #expect(refused.status == 65)
    for name in names { #expect(refused.messages.contains(name)) }
    #expect(try gen.start(train + ["--skip-broken"]).wait().status == 0)
  }
}
