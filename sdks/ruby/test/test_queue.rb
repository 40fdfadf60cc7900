# frozen_string_literal: true

require_relative "helper"

# The queue while somebody uses it: changes during a pass, files that vanish, and the thread in the background.
class TestQueue < Minitest::Test
  include InFolder

  State = Renderiq::Queue::State

  def setup
    super
    @api = FakeApi.new
    @client = client
  end

  def client(**options)
    Renderiq::Client.new("rk", base_url: "http://api.test", directory: folder, transport: @api,
                               **{ clock: MovedClock.new }.merge(options))
  end

  def queue
    @client.queue
  end

  # Returns the states of all orders, in the order they were added.
  def states
    queue.list.map { |item| [item.id, item.state] }.to_h
  end

  def state(item)
    queue.get(item.id).state
  end

  def test_an_order_is_done
    item = queue.add(png, style: "soft")

    queue.drain

    assert_equal State::DONE, state(item)
    assert_equal "picture", File.read(queue.get(item.id).result)
  end

  def test_the_result_goes_where_it_was_wanted
    path = File.join(folder, "here", "out.png")
    queue.add(png, output: path)

    queue.drain

    assert_equal "picture", File.read(path)
  end

  def test_a_model_is_uploaded_apart_and_its_file_may_be_deleted
    path = File.join(folder, "house.glb")
    File.binwrite(path, "glTF and more")
    item = queue.add(png, model_file: path, model: "cycles")
    File.delete(path)
    @api.during = ->(name) { raise Renderiq::StateError.new("STOP", "Enough.") if name == "POST /uploads" }

    queue.run_pass

    assert_equal ["POST /uploads"], @api.requests
    assert_equal "STOP", queue.get(item.id).reason.code
  end

  def test_an_order_that_is_cancelled_while_it_is_sent_is_cancelled_at_the_server
    item = queue.add(png)
    @api.during = ->(name) { queue.cancel(item.id) if name == "POST /renders" }

    queue.drain

    assert_equal State::CANCELLED, state(item)
    assert_equal ["POST /renders", "DELETE /renders/r1"], @api.requests
  end

  def test_an_order_that_is_cancelled_while_it_is_looked_at_ends_as_its_render
    item = queue.add(png)
    @api.during = ->(name) { queue.cancel(item.id) if name == "GET /renders/r1" }

    queue.drain

    assert_equal State::DONE, state(item)
  end

  def test_an_order_cannot_be_edited_while_it_is_sent
    item = queue.add(png, style: "soft")
    refused = nil
    @api.during = lambda do |name|
      refused = assert_raises(Renderiq::StateError) { queue.edit(item.id, style: "studio") } if name == "POST /renders"
    end

    queue.drain

    assert_equal "NOT_EDITABLE", refused.code
  end

  def test_an_order_that_was_edited_before_it_is_sent_is_sent_as_edited
    first = queue.add(png)
    second = queue.add(png, style: "soft")
    edited = nil
    @api.during = ->(_name) { edited ||= queue.edit(second.id, style: "studio") }

    queue.drain

    assert_equal [State::DONE, State::DONE], [state(first), state(second)]
    assert_equal "studio", queue.get(second.id).options["style"]
    assert_equal 2, @api.requests.count("POST /renders")
  end

  def test_an_order_whose_picture_is_gone_is_set_aside
    gone = queue.add(png)
    there = queue.add(png)
    FileUtils.rm(Dir.glob(File.join(folder, "queue-ruby", "active", "*#{gone.id}", "image.png")))

    queue.drain

    assert_equal [State::FAILED, "DISK_ERROR"], [state(gone), queue.get(gone.id).reason.code]
    assert_equal State::DONE, state(there)
  end

  def test_an_order_that_cannot_be_stored_leaves_nothing_behind
    queue.add(png)
    FileUtils.rm_rf(File.join(folder, "queue-ruby", "store.lock"))
    FileUtils.mkdir(File.join(folder, "queue-ruby", "store.lock"))

    assert_raises(Renderiq::DiskError) { queue.add(png) }

    assert_equal 1, Dir.children(File.join(folder, "queue-ruby", "active")).size
  end

  def test_pictures_of_an_order_that_was_never_stored_are_removed_later
    queue.add(png)
    orphan = File.join(folder, "queue-ruby", "active", "orphan.part")
    FileUtils.mkdir(orphan)
    File.utime(0, 0, orphan)

    queue.start
    queue.stop

    refute Dir.exist?(orphan)
  end

  def test_a_thread_sends_what_is_added_also_after_it_was_stopped
    @client = client(clock: Renderiq::Clock.new)
    queue.start
    queue.stop
    queue.start
    item = queue.add(png)
    deadline = Time.now + 20
    sleep(0.02) until state(item) == State::DONE || Time.now > deadline
    queue.stop

    assert_equal State::DONE, state(item)
  end

  def test_a_network_that_is_back_is_noticed
    reachable = [false, false, true]
    woken = 0
    runtime = Renderiq::Threads.new(nil, nil)
    worker = Renderiq::Queue::Worker.new(
      runtime, run_pass: -> { Renderiq::Queue::Pass.new(true, 100.0) },
               reachable: -> { reachable.shift }, wake: -> { woken += 1 }
    )

    3.times { worker.send(:pass) }

    assert_equal 1, woken
  end

  def test_an_order_is_a_folder_with_its_json_and_its_picture
    item = queue.add(png("of a house"), style: "soft")

    stored = File.join(folder, "queue-ruby", "active", "000001-#{item.id}")
    assert_equal %w[image.png order.json], Dir.children(stored).sort
    assert_equal "waiting", JSON.parse(File.read(File.join(stored, "order.json")))["state"]
    assert_equal "\x89PNGof a house".b, File.binread(File.join(stored, "image.png"))
  end

  def test_an_order_of_a_newer_version_is_read
    item = queue.add(png)
    path = File.join(folder, "queue-ruby", "active", "000001-#{item.id}", "order.json")
    File.write(path, JSON.generate(JSON.parse(File.read(path)).merge("moon_phase" => "full")))

    assert_equal [item.id], queue.list.map(&:id)
  end

  def test_an_order_that_a_broken_disk_has_damaged_holds_nothing_up
    damaged = queue.add(png)
    there = queue.add(png)
    File.write(File.join(folder, "queue-ruby", "active", "000001-#{damaged.id}", "order.json"), "{")

    queue.drain

    assert_equal({ there.id => State::DONE }, states)
  end

  def test_orders_that_have_ended_are_in_a_folder_that_passes_do_not_read
    items = Array.new(3) { queue.add(png) }
    queue.drain

    assert_empty Dir.children(File.join(folder, "queue-ruby", "active"))
    assert_equal items.map(&:id), queue.list.map(&:id)
  end

  def test_an_order_that_is_tried_again_keeps_its_place
    first = queue.add(png)
    queue.cancel(first.id)
    second = queue.add(png)

    queue.retry(first.id)

    assert_equal [[first.id, State::WAITING], [second.id, State::WAITING]], states.to_a
    queue.drain
    assert_equal [State::DONE, State::DONE], [state(first), state(second)]
  end

  def test_an_order_that_has_ended_and_was_not_moved_yet_is_not_sent
    item = queue.add(png)
    queue.cancel(item.id)
    queue_folder = File.join(folder, "queue-ruby")
    FileUtils.mv(File.join(queue_folder, "ended", "000001-#{item.id}"), File.join(queue_folder, "active"))

    queue.drain

    assert_equal [State::CANCELLED, []], [state(item), @api.requests]
  end

  def test_a_removed_order_leaves_its_result
    item = queue.add(png)
    queue.drain
    result = queue.get(item.id).result

    queue.remove(item.id)

    assert_empty queue.list
    assert_equal "picture", File.read(result)
  end

  def test_an_order_that_is_cancelled_and_removed_while_it_is_sent_holds_nothing_up
    gone = queue.add(png)
    there = queue.add(png)
    @api.during = lambda do |name|
      @api.during = ->(_) {}
      remove_by_another_process(gone) if name == "POST /renders"
    end

    queue.drain

    assert_equal({ there.id => State::DONE }, states)
  end

  def remove_by_another_process(item)
    FileUtils.rm_rf(Dir.glob(File.join(folder, "queue-ruby", "*", "*-#{item.id}")))
  end

  def test_a_link_that_leads_nowhere_is_asked_for_again
    item = queue.add(png)
    links = ["http://not a link", "http://api.test/picture"]
    @api.define_singleton_method(:link) { links.shift || "http://api.test/picture" }

    3.times { @client.api.clock.sleep(queue.run_pass.next || 0) }

    assert_equal State::DONE, state(item)
  end

  def test_a_kill_at_any_change_of_the_disk_loses_nothing_and_doubles_nothing
    skip "this system cannot fork" unless Process.respond_to?(:fork)
    survived = (1..).find do |number|
      @folder = Dir.mktmpdir("renderiq-kill-", folder)
      was_killed = work_until_rename(number)
      assert_nothing_is_lost("after #{number - 1} changes")
      !was_killed
    end

    assert_operator survived, :>, 20
  end

  # Works in another process, which is killed instead of renaming a file or a folder for this time. Returns whether it
  # was killed.
  def work_until_rename(number)
    child = fork do
      renames = 0
      TracePoint.new(:c_call) do |call|
        Process.kill(:KILL, Process.pid) if call.method_id == :rename && (renames += 1) == number
      end.enable
      @api = LoggingApi.new(File.join(folder, "log"))
      @client = client
      work
      exit!(0)
    end
    _, status = Process.wait2(child)
    status.signaled?
  end

  # Every change that there is: an order is sent, another one is cancelled, and tried again.
  def work
    first = queue.add(png)
    @api.log("added #{first.id}")
    queue.drain
    second = queue.add(png)
    @api.log("added #{second.id}")
    queue.cancel(second.id)
    queue.retry(second.id)
    queue.drain
  end

  def assert_nothing_is_lost(moment)
    @api = LoggingApi.new(File.join(folder, "log"))
    @client = client
    queue.drain
    items = queue.list
    done = items.select { |item| item.state == State::DONE }

    assert_empty @api.logged("added") - items.map(&:id), moment
    assert_equal done.size, @api.logged("key").uniq.size, moment
    assert_equal ["picture"] * done.size, done.map { |item| File.read(item.result) }, moment
    assert_equal [State::CANCELLED] * (items - done).size, (items - done).map(&:state), moment
  end

  # Keeps in a file what was ordered, also when its process is killed.
  class LoggingApi < FakeApi
    def initialize(path)
      super()
      @path = path
    end

    def call(request, **options)
      log("key #{request.headers["Idempotency-Key"]}") if request.http_method == "POST"
      super
    end

    def log(line)
      File.write(@path, "#{line}\n", mode: "a")
    end

    # Returns what was logged of this kind.
    def logged(kind)
      return [] unless File.exist?(@path)

      File.readlines(@path, chomp: true).map(&:split).select { |name, _| name == kind }.map(&:last)
    end
  end

  def test_an_outage_is_waited_out
    item = queue.add(png)
    @api.away = true
    12.times { @client.api.clock.sleep(queue.run_pass.next) }
    @api.away = false

    queue.drain

    assert_equal State::DONE, state(item)
  end

  def test_orders_of_many_threads_are_all_stored_with_numbers_of_their_own
    Array.new(4) { Thread.new { 5.times { queue.add(png) } } }.each(&:join)

    assert_equal 20, queue.list.map(&:id).uniq.size
    assert_equal (1..20).to_a, Dir.children(File.join(folder, "queue-ruby", "active")).map(&:to_i).sort
  end
end
