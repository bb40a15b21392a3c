import Models

/// Every flag of every command in each of its uses: it is honored or refused, never accepted and ignored.
///
/// The runs gan, diffusion, text, gpt2 and judge, a classifier, have checkpoints of the steps 1 and 2;
/// drawn is a folder of images, a.png one of them, book.txt a text.
enum FlagTable {
  static let uses = sampling + evaluating + explaining + exporting + training + others

  private static let diffusion =
    sampler + [
      "--init a.png", "--strength 0.5", "--mask a.png", "--trajectory t.png", "--strip s.png",
    ]
  private static let sampler = [
    "--steps 3", "--sampler ddim", "--eta 0.5", "--spacing linspace", "--karras", "--guidance 2",
    "--guidance-interval 0.5:2", "--guide diffusion@1", "--weights raw", "--batch 1",
  ]
  private static let text = [
    "--prompt The", "--length 9", "--temperature 5", "--top-k 1", "--top-p 0.01", "--min-p 0.9",
    "--repeat-penalty 9", "--stop e", "--on-unknown skip",
    "--prompt-file book.txt", "--precision int8",
  ]
  private static let animation = ["--frames 9", "--delay 1"]

  /// A training whose batch a flag of its own decides: of two such flags the last counts, where a --set beside one
  /// is refused.
  private static func sizedByFlag(_ words: [String]) -> [String] {
    var words = words
    if let place = words.firstIndex(of: "batch=4") {
      words.replaceSubrange(place - 1...place, with: ["--batch-size", "4"])
    }
    return words
  }

  private static let sampling = [
    FlagUse("gen sample", "a GAN", "sample gan --count 4")
      .with(
        [
          "--count 2", "--step 1", "--seed 1", "--columns 2", "--interpolate", "-o b.png",
          "--each out", "--format jpeg", "--show", "--scale 2", "--json",
        ], .changes
      )
      .with("--json", .refused("--show"), beside: "--show")
      .with("--json", .refused("-o -"), beside: "-o -")
      .with("--quality 50", .changes, beside: "--format jpeg")
      .with(animation, .changes, beside: "--interpolate --format apng")
      .with(["--quality 50"] + animation + diffusion + text, .refused())
      .with("--class 1", .refused("trained without classes"))
      .with("--columns 2", .refused(), beside: "--each out")
      .with("--columns 2", .changes, beside: "--each out --interpolate")
      .with("--threads 1", .same),
    FlagUse("gen sample", "a diffusion", "sample diffusion --count 2 --steps 4")
      .with(
        [
          "--count 3", "--step 1", "--seed 1", "--columns 1", "--interpolate", "-o b.png",
          "--each out", "--format jpeg", "--show", "--steps 3", "--sampler ddpm", "--eta 0.5",
          "--spacing linspace", "--class 1", "--guidance 2", "--guidance-interval 0.5:2",
          "--guide diffusion@1", "--init a.png", "--trajectory t.png", "--strip s.png",
          "--weights raw", "--karras", "--scale 2", "--json",
        ], .changes
      )
      .with("--quality 50", .changes, beside: "-o b.jpg")
      .with(["--frames 2", "--delay 1"], .changes, beside: "-o b.apng")
      .with(["--strength 0.9", "--mask a.png"], .changes, beside: "--init a.png")
      .with("--eta 0.5", .refused("eta is for"), beside: "--sampler dpm")
      .with("--karras", .refused("Karras"), beside: "--sampler ddim")
      .with("--spacing linspace", .refused("--karras"), beside: "--sampler dpm --karras")
      .with(["--quality 50", "--strength 0.5", "--mask a.png"] + animation + text, .refused())
      .with(
        ["--trajectory t.png", "--strip s.png", "--init a.png"], .refused(), beside: "--interpolate"
      )
      .with(["--threads 1", "--batch 1"], .same),
    FlagUse("gen sample", "a text model", "sample text --length 200")
      .with(
        [
          "--count 2", "--step 1", "--seed 1", "-o b.txt", "--prompt The", "--length 9",
          "--temperature 5", "--top-k 1", "--top-p 0.01", "--min-p 0.9", "--repeat-penalty 9",
          "--stop e", "--prompt-file book.txt", "--json",
        ], .changes
      )
      .with("--on-unknown skip", .changes, beside: "--prompt \u{fc}")
      .with("--precision int8", .says("\"precision\":\"int8\""), beside: "--json")
      .with("--precision int4", .fails(64, "'float32', 'bfloat16' or 'int8'"))
      .with("--precision float32", .same)
      .with("--on-unknown skip", .refused())
      .with("--prompt-file nothing", .fails(66, "nothing"))
      .with("--prompt-file book.txt", .refused(), beside: "--prompt The")
      .with("--json", .refused("--output"), beside: "-o b.txt")
      .with(
        [
          "--class 1", "--columns 2", "--interpolate", "--each out", "--format png", "--show",
          "--scale 2",
        ],
        .refused()
      )
      .with(["--quality 50"] + animation + diffusion, .refused())
      .with("--threads 1", .same),
  ]

  private static let evaluating = [
    FlagUse("gen eval", "a GAN", "eval gan --data shapes --classifier judge --count 12")
      .with(["--count 13", "--seed 1", "--step 1", "--json"], .changes)
      .with("--data nothing", .fails(66, "nothing"))
      .with("--classifier gan", .fails(65, "must be classifier"))
      .with(sampler, .refused())
      .with("--precision int8", .refused("--precision is for text models"))
      .with("--threads 1", .same),
    FlagUse(
      "gen eval", "a diffusion",
      "eval diffusion --data shapes --classifier judge --count 12 --steps 4"
    )
    .with(
      [
        "--count 13", "--seed 1", "--step 1", "--json", "--steps 3", "--sampler ddpm", "--eta 0.5",
        "--spacing linspace", "--guidance 2", "--guidance-interval 0.5:2", "--guide diffusion@1",
        "--weights raw", "--karras",
      ], .changes
    )
    .with("--batch 5", .same)
    .with("--karras", .refused("Karras"), beside: "--sampler ddim")
    .with("--spacing linspace", .refused("--karras"), beside: "--sampler dpm --karras")
    .with("--precision int8", .refused("--precision is for text models"))
    .with("--data nothing", .fails(66, "nothing"))
    .with("--classifier gan", .fails(65, "must be classifier"))
    .with("--threads 1", .same),
    FlagUse("gen eval", "a text model", "eval text")
      .with(["--step 1", "--json", "--data book.txt", "--precision int8"], .changes)
      .with("--precision half", .fails(64, "'float32', 'bfloat16' or 'int8'"))
      .with(["--classifier judge", "--count 12", "--seed 0"] + sampler, .refused())
      .with("--threads 1", .same),
    FlagUse("gen eval", "a classifier", "eval judge")
      .with(["--step 1", "--json"], .changes)
      .with(
        ["--classifier judge", "--count 12", "--seed 0", "--data shapes", "--precision int8"]
          + sampler, .refused()
      )
      .with("--threads 1", .same),
    FlagUse("gen eval", "a folder", "eval drawn --classifier judge --data shapes")
      .with(["--count 12", "--json"], .changes)
      .with("--data nothing", .fails(66, "nothing"))
      .with("--classifier gan", .fails(65, "must be classifier"))
      .with(["--seed 0", "--step 1", "--precision int8"] + sampler, .refused())
      .with("--threads 1", .same),
    FlagUse("gen eval", "a data set", "eval shapes --classifier judge --count 12")
      .with(["--count 13", "--json"], .changes)
      .with("--data nothing", .fails(66, "nothing"))
      .with("--classifier gan", .fails(65, "must be classifier"))
      .with(["--seed 0", "--step 1", "--precision int8"] + sampler, .refused())
      .with("--threads 1", .same),
  ]

  private static let explaining = [
    FlagUse("gen explain", "a text", "explain text --prompt The")
      .with(["-o b.html", "--step 1", "--prompt To", "--alternatives 2"], .changes)
      .with(
        ["--nearest", "--count 5", "--neighbors 2", "--seed 0", "--classifier judge", "--pixels"],
        .refused()
      )
      .with("--json", .refused())
      .with("--open", .seen(by: "ReportTests"))
      .with("--threads 1", .same),
    FlagUse("gen explain", "images", "explain gan --nearest --count 4")
      .with(
        [
          "-o b.html", "--step 1", "--count 5", "--neighbors 2", "--seed 1", "--classifier judge",
          "--json",
        ], .changes
      )
      .with(["--prompt The", "--alternatives 2"], .refused())
      .with("--pixels", .refused(), beside: "--classifier judge")
      .with("-o b.html", .refused("--output"), beside: "--json")
      .with("--open", .refused("--open"), beside: "--json")
      .with("--open", .seen(by: "ReportTests"))
      .with(["--nearest", "--pixels", "--threads 1"], .same),
  ]

  private static let exporting = [
    FlagUse("gen export", "a pretrained model", "export gan --to pretrained")
      .with(["-o out", "--step 1", "--dtype bfloat16"], .changes)
      .with("--to diffusers", .fails(65, "gan"))
      .with("--weights raw", .refused())
      .with(["--weights ema", "--threads 1"], .same),
    FlagUse("gen export", "a pipeline", "export diffusion --to diffusers")
      .with(["-o out", "--step 1", "--weights raw"], .changes)
      .with("--to transformers", .fails(65, "diffusion"))
      .with("--dtype bfloat16", .refused())
      .with("--threads 1", .same),
    FlagUse("gen export", "a GPT-2", "export gpt2 --to transformers")
      .with(["-o out", "--step 1", "--weights raw"], .changes)
      .with("--to diffusers", .fails(65, "gpt2"))
      .with("--dtype bfloat16", .refused())
      .with("--threads 1", .same),
  ]

  private static let training = [
    FlagUse("gen train", "images", sizedByFlag(Program.smallGAN) + ["--steps", "2"], isAlone: true)
      .with(
        [
          "--name x", "--runs other", "--steps 1", "--set seed=1", "--seed 1", "--log-every 1",
          "--keep 3", "--dry-run", "--learning-rate 0.1", "--batch-size 2",
        ], .changes
      )
      .with("--precision bfloat16-amx", .seen(by: "ExactnessTests"))
      .with("--precision half", .fails(64, "float32 or bfloat16-amx"))
      .with("--budget 0.05s", .refused()).with("--epochs 0.1", .refused("leave --steps out"))
      .with(["--from nothing", "--resume"], .fails(66, "runs"))
      .with("--name .x", .fails(73, "runs/.x"), beside: "--dry-run")
      .with("--data nothing", .fails(66, "nothing"))
      .with("--patience 3", .refused())
      .with(["--skip-broken", "--threads 1", "--quiet"], .same),
    FlagUse("gen train", "text", sizedByFlag(Program.smallText("rnn")), isAlone: true)
      .with(
        [
          "--name x", "--runs other", "--steps 1", "--set seed=1", "--seed 1", "--log-every 1",
          "--keep 3", "--dry-run", "--patience 3", "--learning-rate 0.1", "--batch-size 2",
          "--precision bfloat16-amx",
        ], .changes
      )
      .with("--budget 0.05s", .refused()).with("--epochs 0.1", .refused("leave --steps out"))
      .with(["--from nothing", "--resume"], .fails(66, "runs"))
      .with("--data nothing", .fails(66, "nothing"))
      .with("--skip-broken", .refused())
      .with(["--threads 1", "--quiet"], .same),
    FlagUse("gen train", "a run that goes on", "train --resume gan")
      .with(["--name x", "--from gan"], .refused())
      .with("--budget 1s", .says("more steps in 1s"), beside: "--dry-run")
      .with("--log-every 2", .refused("log.every")).with("--keep 3", .refused("checkpoint.keep"))
      .with("--seed 1", .refused("cannot change")).with("--data other", .fails(66, "other"))
      .with("--batch-size 2", .refused("cannot change"))
      .with("--precision bfloat16-amx", .refused("precision"))
      .with("--precision bfloat16-amx", .says("precision was"), beside: "--steps 9 --dry-run")
      .with("--learning-rate 0.1", .refused("optimizer.learning_rate"))
      .with("--epochs 1", .says("# from now on steps was 2"), beside: "--dry-run")
      .with("--set sample.every=7", .refused("sample.every"))
      .with("--patience 3", .refused())
      .with("--runs other", .fails(66, "other/gan"))
      .with("--steps 9", .says("# from now on steps was 2, is 9"), beside: "--dry-run")
      .with("--steps +3", .says("# from now on steps was 2, is 5"), beside: "--dry-run")
      .with("--log-every 2", .says("log.every was"), beside: "--steps 9 --dry-run")
      .with("--keep 3", .says("checkpoint.keep was"), beside: "--steps 9 --dry-run")
      .with("--set sample.every=7", .says("sample.every was"), beside: "--steps 9 --dry-run")
      .with("--dry-run", .says("has done its 2 steps"))
      .with(["--resume", "--skip-broken", "--threads 1", "--quiet"], .same),
  ]

  private static let others = [
    FlagUse("gen gallery", "", "gallery --count 2 --length 9 --steps 2 --date 2026-01-02")
      .with(["--out other", "--date 2026-01-03", "--count 3", "--seed 1"], .changes)
      .with(["--steps 3", "--length 5", "--prompt The"], .changes)
      .with("--runs other", .fails(66, "other"))
      .with(["--keep 3", "--evaluate"], .seen(by: "GalleryTests"))
      .with("--open", .seen(by: "ReportTests"))
      .with("--threads 1", .same),
    FlagUse("gen list", "", "list").with("--json", .changes),
    FlagUse("gen status", "", "status")
      .with("--runs other", .fails(66, "other")).with("--json", .seen(by: "StatusTests")),
    FlagUse("gen rm", "", "rm gan").with("--yes", .seen(by: "RemovalTests")),
    FlagUse("gen prune", "", "prune gan").with("--yes", .seen(by: "RemovalTests")),
    FlagUse("gen recipes", "the list", "recipes").with("--json", .changes),
    FlagUse("gen recipes", "a recipe", "recipes gan").with("--json", .refused()),
    FlagUse("gen inspect", "a run", "inspect gan")
      .with("--json", .changes).with("--show", .refused()).with("--no-show", .same),
    FlagUse("gen inspect", "an image", "inspect a.png")
      .with(["--json", "--show"], .changes)
      .with("--show", .refused(), beside: "--json")
      .with("--no-show", .same),
    FlagUse("gen report", "", "report gan").with("-o b.html", .changes)
      .with("--open", .seen(by: "ReportTests")),
    FlagUse("gen compare", "", "compare gan diffusion")
      .with(["-o b.html", "--json"], .changes)
      .with("--json", .refused("--output"), beside: "-o b.html")
      .with("--open", .refused("--output")),
    FlagUse("gen verify resume", "", "verify resume gan")
      .with(["--steps 1", "--kills 0"], .refused())
      .with("--threads 0", .fails(64, "--threads")).with("--seed -1", .fails(64, "--seed"))
      .with("--set bath=1", .fails(64, "--set"))
      .with("--data nothing", .fails(66, "nothing"))
      .with("--json", .seen(by: "RobustnessTests")),
    FlagUse("gen data check", "", "data check drawn").with("--json", .changes),
    FlagUse("gen baseline", "", "baseline book.txt").with(["--json", "--context 2"], .changes),
    FlagUse("gen bench", "kernels", "bench kernels")
      .with(["--json", "--precision float32"], .seen(by: "BenchTests"))
      .with("--precision bfloat16-amx", .fails(64, "--only bfloat16-amx"))
      .with("--only nothing", .fails(64, "nothing"))
      .with(["--steps 0", "--threads 0", "--precision half", "--profile"], .refused()),
    FlagUse("gen bench", "a model", "bench dcgan32 --steps 1")
      .with(["--json", "--profile", "--precision bfloat16-amx"], .seen(by: "BenchTests"))
      .with(["--steps 0", "--threads 0", "--precision half", "--only conv"], .refused()),
    FlagUse("gen import", "", "import imported")
      .with("--name x", .says("runs/x")).with("--threads 1", .seen(by: "InterchangeTests")),
  ]
}
