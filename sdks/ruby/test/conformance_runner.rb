# frozen_string_literal: true

# Does what the scenarios of sdks/conformance ask for, with this SDK. Its README has the protocol.
# With --host, each step is a task of a host with one thread.

require "json"
require_relative "../lib/renderiq"
require_relative "support/loop_host"

class UnsupportedError < StandardError
end

# A clock that only sleeping moves.
class FakeClock < Renderiq::Clock
  attr_reader :now, :sleeps, :chance

  def initialize(now, chance)
    super()
    @now = now
    @chance = chance
    @sleeps = []
    @mutex = Mutex.new
  end

  def sleep(seconds)
    @mutex.synchronize do
      @now += seconds
      @sleeps << seconds
    end
  end

  def advance(seconds)
    @mutex.synchronize { @now += seconds }
  end
end

# The time of this machine, which may be wrong by so many seconds.
class RealClock < Renderiq::Clock
  attr_reader :sleeps

  def initialize(offset)
    super()
    @offset = offset
    @sleeps = []
  end

  def now
    super + @offset
  end

  def sleep(seconds)
    @sleeps << seconds
    super
  end
end

# The clock of a host with time that is not real: sleeping takes no turn of its loop.
class FakeTaskClock < Renderiq::Tasks::TaskClock
  def sleep(seconds)
    @clock.sleep(seconds)
  end
end

# One client, and what it is asked to do.
class Runner
  PICTURES = { "image" => :image, "depthImage" => :depth_image, "materialIdImage" => :material_id_image,
               "normalImage" => :normal_image }.freeze

  attr_reader :clock

  def initialize(host)
    @host = host
    @clock = FakeClock.new(0, 0)
  end

  # Returns the value of a step. Raises what the SDK raises.
  def do(step, args)
    return start(args) if step == "start"

    steps = STEPS.fetch(step) { raise UnsupportedError, "#{step} is not a step" }
    return instance_exec(args, &steps) unless @host

    task = @host.finish(@client.run { instance_exec(args, &steps) }.on_error { nil })
    raise task.error if task.error

    task.value
  end

  private

  def start(args)
    real = args["now"].nil?
    fake = FakeClock.new(Renderiq::Times.read(args["now"]), args["chance"])
    @clock = real ? RealClock.new(args.fetch("offset", 0)) : fake
    client = args["client"]
    @store = Renderiq::FileTokenStore.new(File.join(args["directory"], "session.json"))
    names = { "platform" => :platform, "pluginVersion" => :plugin_version, "timeout" => :timeout,
              "parallel" => :parallel }
    @client = Renderiq::Client.new(
      client["apiKey"], base_url: args["baseUrl"], directory: args["directory"], token_store: @store, clock: @clock,
                        host: @host, **client.slice(*names.keys).transform_keys { |name| names[name] }
    )
    return unless @host && !real

    runtime = @client.api.runtime
    runtime.instance_variable_set(:@clock, FakeTaskClock.new(runtime, @clock))
    nil
  end

  STEPS = {
    "credits.get" => ->(_) { @client.credits.get },
    "styles.list" => ->(_) { @client.styles.list },
    "renders.create" => ->(a) { @client.renders.create(image(a), **pictures(a), **options(a["options"])) },
    "renders.get" => ->(a) { @client.renders.get(a["renderId"]) },
    "renders.cancel" => ->(a) { @client.renders.cancel(a["renderId"]) },
    "renders.wait" => ->(a) { @client.renders.wait(a["renderId"], timeout: a.fetch("timeout", 600)) },
    "renders.again" => ->(a) { @client.renders.again(a["renderId"], changes: a["changes"] || {}, count: a["count"]) },
    "renders.estimate" => ->(a) { @client.renders.estimate(**options(a["options"])) },
    "renders.list" => ->(a) { list(a).map(&:render_id) },
    "renders.download" => ->(a) { @client.renders.download(a["renderId"], a["path"]) },
    "uploads.send" => ->(a) { upload(a) },
    "auth.signIn" => ->(a) { { email: @client.sign_in.with_password(a["email"], a["password"]) } },
    "auth.device" => ->(_) { device },
    "auth.signOut" => ->(_) { @client.sign_in.out },
    "session.put" => ->(a) { put_session(a) },
    "session.get" => ->(_) { session },
    "webhooks.verify" => ->(a) { @client.webhooks.verify(a["body"], a["headers"], a["secret"]) },
    "webhooks.register" => ->(a) { @client.webhooks.register(url: a["url"], events: a["events"]) },
    "webhooks.poll" => ->(a) { poll(a) },
    "queue.add" => ->(a) { @client.queue.add(image(a), **pictures(a), **options(a["options"])) },
    "queue.tick" => ->(_) { @client.queue.run_pass },
    "queue.drain" => ->(_) { @client.queue.drain },
    "queue.list" => ->(_) { @client.queue.list },
    "queue.get" => ->(a) { @client.queue.get(a["id"]) },
    "queue.cancel" => ->(a) { @client.queue.cancel(a["id"]) },
    "queue.retry" => ->(a) { @client.queue.retry(a["id"]) },
    "queue.remove" => ->(a) { @client.queue.remove(a["id"]) },
    "queue.edit" => ->(a) { @client.queue.edit(a["id"], **options(a["options"])) },
    "queue.state" => ->(_) { { paused: paused } },
    "queue.resume" => ->(_) { @client.queue.resume },
    "queue.wake" => ->(_) { @client.queue.wake },
    "clock.advance" => ->(a) { @clock.advance(a["seconds"]) }
  }.freeze
  private_constant :STEPS

  def image(args)
    args["image"]
  end

  def pictures(args)
    args.slice(*PICTURES.keys.drop(1)).transform_keys { |name| PICTURES[name] }
  end

  def options(found)
    found.transform_keys(&:to_sym)
  end

  def list(args)
    renders = @client.renders.list(**(args["query"] || {}).transform_keys(&:to_sym))
    args["take"] ? renders.first(args["take"]) : renders
  end

  def upload(args)
    progress = []
    cancel = -> { progress.size == args["cancelAfter"] }
    upload = @client.uploads.send_file(args["path"], purpose: args["purpose"], cancel: cancel) do |arrived, _|
      progress << arrived
    end
    { uploadId: upload.upload_id, status: upload.status, progress: progress }
  end

  def device
    shown = nil
    email = @client.sign_in.with_device_code do |code|
      shown = { userCode: code.user_code, url: code.complete_url }
      puts JSON.generate({ event: "deviceCode", **shown })
    end
    { email: email, **shown }
  end

  def put_session(args)
    @store.save(Renderiq::Tokens.new(access_token: args["accessToken"], refresh_token: args["refreshToken"],
                                     expires_at: Renderiq::Times.read(args["expiresAt"]), email: ""))
    nil
  end

  def session
    tokens = @store.load
    tokens && { accessToken: tokens.access_token, refreshToken: tokens.refresh_token }
  end

  def poll(args)
    found = @client.webhooks.poll(args["webhookId"], cursor: args["cursor"]).first(args["take"])
    { events: found.map { |event, _| event.id }, cursor: found.empty? ? args["cursor"] : found.last.last }
  end

  def paused
    paused = @client.queue.paused
    paused && { code: paused.code, message: paused.message, **paused.details.transform_keys(&:to_sym) }
  end
end

# Returns a result in the words of the wire.
def plain(value)
  case value
  when Renderiq::Model then value.raw
  when Renderiq::Queue::Pass then value.to_h
  when Renderiq::Queue::Item
    { id: value.id, state: value.state, reason: value.reason&.to_h, next: value.next, renderId: value.render_id,
      result: value.result, editable: value.editable? }
  when Array then value.map { |each| plain(each) }
  else value
  end
end

# Returns an error in the words of the scenarios.
def problem(error)
  {
    kind: error.kind, code: error.code, status: error.status, requestId: error.request_id,
    retryable: error.retryable?, retryAfter: error.retry_after, message: error.message,
    fields: error.respond_to?(:fields) ? error.fields : nil, details: error.details
  }
end

$stdout.sync = true
$stdin.set_encoding("UTF-8")
runner = Runner.new(ARGV.include?("--host") ? LoopHost.new : nil)
$stdin.each_line do |line|
  step = JSON.parse(line)
  runner.clock.sleeps.clear
  answer =
    begin
      { value: plain(runner.do(step["do"], step["args"] || {})) }
    rescue Renderiq::Error => e
      { error: problem(e) }
    rescue UnsupportedError => e
      { error: { kind: "unsupported", message: e.message } }
    rescue StandardError => e
      { error: { kind: "bug", message: "#{e.class}: #{e.message} #{e.backtrace&.first(3)}" } }
    end
  puts JSON.generate({ id: step["id"], sleeps: runner.clock.sleeps.dup, **answer })
end
