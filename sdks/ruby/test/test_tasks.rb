# frozen_string_literal: true

require_relative "helper"
require_relative "support/manual_host"

# A client in a host with one thread: it waits for answers, time and locks without blocking the host.
class TestTasks < Minitest::Test
  include InFolder

  State = Renderiq::Queue::State
  ACCEPTED = { "renderId" => "r1", "estimatedTime" => 3 }.freeze
  COMPLETED = { "renderId" => "r1", "status" => "completed", "outputUrl" => "http://files.test/picture" }.freeze

  def setup
    super
    @host = ManualHost.new
    @client = client
  end

  def client(key = "rk", **options)
    Renderiq::Client.new(key, base_url: "http://api.test", host: @host, clock: @host.clock,
                              **{ directory: folder }.merge(options))
  end

  def run_task(&work)
    @client.run(&work).on_error { nil }.tap { @host.pass }
  end

  def test_a_task_begins_when_the_host_takes_its_next_turn
    task = @client.run { @client.credits.get }
    before = @host.waiting
    @host.pass

    assert_equal [[], ["GET /credits"], true], [before, @host.waiting, task.alive?]
  end

  def test_a_task_ends_with_a_value
    found = nil
    task = @client.run { @client.credits.get.balance }.on_success { |value| found = value }
    @host.pass

    @host.answer("GET /credits", { "balance" => 7 })

    assert_equal [7, 7, false], [found, task.value, task.alive?]
  end

  def test_a_task_ends_with_an_error
    found = nil
    @client.run { @client.renders.get("r9") }.on_error { |error| found = error }
    @host.pass

    @host.answer("GET /renders/r9", { errorCode: "NOT_FOUND", error: "No such render." }, status: 404)

    assert_equal [Renderiq::NotFoundError, "NOT_FOUND"], [found.class, found.code]
  end

  def test_an_error_that_nobody_takes_is_a_warning
    @client.run { raise Renderiq::StateError.new("NO", "That was wrong.") }

    _, warning = capture_io { @host.pass }

    assert_equal "renderiq: a task has failed: That was wrong. (Renderiq::StateError)\n", warning
  end

  def test_a_block_that_comes_late_is_called_at_once
    task = run_task { 7 }
    found = nil

    task.on_success { |value| found = value }

    assert_equal 7, found
  end

  def test_while_a_task_waits_others_go_on
    run_task { @client.credits.get }
    second = run_task { @client.styles.list }

    @host.answer("GET /styles", { "styles" => [] })

    assert_equal [false, ["GET /credits"]], [second.alive?, @host.waiting]
  end

  def test_a_pause_before_a_repetition_is_a_timer_of_the_host
    task = run_task { @client.credits.get.balance }
    @host.answer("GET /credits", status: 503)
    @host.pass(0.4)
    before = @host.waiting
    @host.pass(0.1)

    @host.answer("GET /credits", { "balance" => 7 })

    assert_equal [[], 7], [before, task.value]
  end

  def test_a_request_without_an_answer_is_given_up
    task = run_task { @client.api.without_retries.call("GET", "/credits") }
    exchange = @host.exchanges.first

    @host.pass(30)

    assert_equal ["TIMED_OUT", true, [exchange]], [task.error.code, task.error.sent?, @host.stopped]
  end

  def test_what_moves_is_not_given_up
    task = run_task { @client.api.without_retries.call("GET", "/credits") }
    4.times do
      @host.pass(20)
      @host.exchanges.first.progress
    end
    during = task.alive?
    @host.pass(60)

    assert_equal [true, "TIMED_OUT"], [during, task.error.code]
  end

  def test_an_answer_that_comes_too_late_is_not_heard
    task = run_task { @client.api.without_retries.call("GET", "/credits") }
    @host.pass(30)

    @host.answer("GET /credits", { "balance" => 7 })

    assert_equal "TIMED_OUT", task.error.code
  end

  def test_the_second_answer_is_not_heard
    task = run_task { Array.new(2) { @client.credits.get.balance } }

    first = @host.answer("GET /credits", { "balance" => 7 })
    first.answer(status: 200, headers: {}, body: '{"success": true, "data": {"balance": 8}}')
    @host.answer("GET /credits", { "balance" => 9 })

    assert_equal [7, 9], task.value
  end

  def test_half_an_answer_is_an_error_of_the_network
    task = run_task { @client.api.without_retries.call("GET", "/credits") }

    @host.answer("GET /credits", headers: { "Content-Length" => "100" }, body: "{")

    assert_equal "NETWORK_ERROR", task.error.code
  end

  def test_an_error_of_the_host_is_one_of_the_task
    @host.define_singleton_method(:start) { |_| raise ArgumentError, "no such method" }

    task = run_task { @client.credits.get }

    assert_equal "no such method", task.error.message
  end

  def test_a_host_may_answer_at_once_and_often
    body = '{"success": true, "data": {"balance": 7}}'
    @host.define_singleton_method(:start) { |exchange| exchange.answer(status: 200, headers: {}, body: body) && nil }

    task = run_task { Array.new(20_000) { @client.credits.get }.size }

    assert_equal 20_000, task.value
  end

  def test_outside_of_a_task_a_call_says_what_to_do
    error = assert_raises(Renderiq::StateError) { @client.credits.get }

    assert_equal "NOT_IN_TASK", error.code
  end

  def test_pages_are_read_in_a_task
    task = run_task { @client.renders.list.first(2).map(&:render_id) }

    @host.answer("GET /renders", { "renders" => [{ "renderId" => "r1" }], "nextCursor" => "c" })
    @host.answer("GET /renders?cursor=c", { "renders" => [{ "renderId" => "r2" }] })

    assert_equal %w[r1 r2], task.value
  end

  def test_next_of_an_enumerator_cannot_wait
    task = run_task { @client.renders.list.next }

    assert_equal "NOT_IN_TASK", task.error.code
  end

  def test_a_task_that_is_cancelled_stops_its_request_and_lets_go_of_its_locks
    path = File.join(folder, "lock")
    task = run_task { Renderiq::Locks.hold(path, @client.api.clock) { @client.credits.get } }
    exchange = @host.exchanges.first

    task.cancel

    assert_equal [Renderiq::CancelledError, [exchange]], [task.error.class, @host.stopped]
    assert(Renderiq::Locks.try(path) { |is_held| is_held })
  end

  def test_a_task_that_is_cancelled_before_it_begins_does_nothing
    task = @client.run { @client.credits.get }.on_error { nil }

    task.cancel
    @host.pass

    assert_equal [false, []], [task.alive?, @host.waiting]
  end

  def test_a_program_may_cancel_a_task_from_its_own_block
    File.binwrite(path = File.join(folder, "model.glb"), "glTF")
    task = run_task { @client.uploads.send_file(path) { task.cancel } }

    @host.answer("POST /uploads", { "uploadId" => "u1", "status" => "ready" })

    assert_equal [Renderiq::CancelledError, []], [task.error.class, @host.waiting]
  end

  def test_a_task_that_is_cancelled_twice_stops_what_it_has_begun_since
    task = run_task do
      @client.credits.get
    rescue Renderiq::CancelledError
      @client.styles.list
    end
    begun = @host.exchanges.first
    task.cancel
    @host.pass
    since = @host.exchanges.last
    task.cancel

    assert_equal [[begun, since], false], [@host.stopped, task.alive?]
  end

  def test_a_task_may_cancel_another_one
    first = run_task do
      @client.credits.get
    ensure
      @client.styles.list # which the host is asked for, and not in the fiber of the other one
    end
    second = run_task { first.cancel || 2 }

    @host.answer("GET /styles", { "styles" => [] })

    assert_equal [Renderiq::CancelledError, 2], [first.error.class, second.value]
  end

  def test_a_task_may_cancel_itself
    task = run_task { Renderiq::Task.current.cancel }

    assert_instance_of Renderiq::CancelledError, task.error
  end

  def test_a_lock_is_waited_for_by_timers
    path = File.join(folder, "lock")
    first = run_task { Renderiq::Locks.hold(path, @client.api.clock) { @client.credits.get } }
    second = run_task { Renderiq::Locks.hold(path, @client.api.clock) { 2 } }
    @host.pass(1)
    during = second.alive?

    @host.answer("GET /credits", {})
    @host.pass(0.05)

    assert_equal [true, false, 2], [during, first.alive?, second.value]
  end

  def test_of_two_tasks_one_refreshes
    @client = client(nil, token_store: store_of_a_token_that_ends)
    tasks = Array.new(2) { run_task { @client.credits.get.balance } }
    asked = @host.waiting

    @host.answer("POST /auth/refresh", body: JSON.generate(access_token: "new", refresh_token: "r2"))
    @host.pass(0.05)
    2.times { @host.answer("GET /credits", { "balance" => 7 }) }

    assert_equal [["POST /auth/refresh"], [7, 7]], [asked, tasks.map(&:value)]
  end

  def store_of_a_token_that_ends
    Renderiq::FileTokenStore.new(File.join(folder, "session.json")).tap do |store|
      store.save(Renderiq::Tokens.new(access_token: "old", refresh_token: "r1", expires_at: 0.0, email: ""))
    end
  end

  def test_parts_of_an_upload_are_sent_at_the_same_time
    task, progress = begin_upload(parts: 6)
    during = @host.waiting.size
    6.times { |number| @host.answer("PUT /#{number + 1}") }
    @host.answer("POST /uploads/u1/complete", { "uploadId" => "u1", "status" => "ready" })

    assert_equal [4, "ready", [10, 20, 30, 40, 50, 60]], [during, task.value.status, progress]
  end

  def test_a_part_that_fails_stops_those_that_have_not_begun
    task, = begin_upload(parts: 6)

    @host.answer("PUT /1", status: 400)
    3.times { |number| @host.answer("PUT /#{number + 2}") }

    assert_equal [Renderiq::ValidationError, []], [task.error.class, @host.waiting]
  end

  def test_parts_end_with_the_task_that_sends_them
    task, = begin_upload(parts: 6)

    task.cancel
    @host.pass
    @host.answer("DELETE /uploads/u1")

    assert_equal [Renderiq::CancelledError, 4], [task.error.class, @host.stopped.size]
  end

  # Returns the task of an upload whose parts are on their way, and what it has told about its progress.
  def begin_upload(parts:)
    path = File.join(folder, "model.glb")
    File.binwrite(path, "g" * 10 * parts)
    progress = []
    task = run_task do
      @client.uploads.send_file(path, purpose: "model") do |arrived, _|
        raise "the program was called in a fiber" if Renderiq::Task.current

        progress << arrived
      end
    end
    announced = Array.new(parts) { |n| { "partNumber" => n + 1, "size" => 10, "url" => "http://s3.test/#{n + 1}" } }
    upload = { "uploadId" => "u1", "status" => "open", "partSize" => 10, "parts" => announced }
    @host.answer("POST /uploads", upload)
    @host.answer("GET /uploads/u1", upload)
    [task, progress]
  end

  def test_a_picture_is_downloaded_to_a_file
    task = run_task { @client.renders.download("r1", File.join(folder, "out.png")) }

    @host.answer("GET /renders/r1", COMPLETED)
    @host.answer("GET /picture", body: "picture")

    assert_equal "picture", File.read(task.value)
  end

  def test_a_code_is_shown_outside_of_a_fiber
    shown = nil
    run_task { @client.sign_in.with_device_code { |code| shown = [code.user_code, Renderiq::Task.current] } }

    @host.answer("POST /auth/device/code", body: JSON.generate(user_code: "ABCD", device_code: "d", interval: 5))

    assert_equal ["ABCD", nil], shown
  end

  def test_the_queue_works_in_a_task
    @client.queue.start
    item = @client.queue.add(png, style: "soft")
    @host.pass
    @host.answer("POST /renders", ACCEPTED)
    @host.pass(3)
    @host.answer("GET /renders/r1", COMPLETED)
    @host.answer("GET /picture", body: "picture")

    assert_equal State::DONE, @client.queue.get(item.id).state
  end

  def test_an_order_is_sent_as_soon_as_it_is_added
    @client.queue.start
    @host.pass(60)

    @client.queue.add(png)
    @host.pass

    assert_equal ["POST /renders"], @host.waiting
  end

  def test_the_queue_can_be_used_while_a_pass_waits
    @client.queue.start
    first = @client.queue.add(png)
    @host.pass

    second = @client.queue.add(png)
    @client.queue.cancel(first.id)
    @host.answer("POST /renders", ACCEPTED)
    @host.answer("DELETE /renders/r1", { "renderId" => "r1", "status" => "cancelled" })
    @host.answer("POST /renders", { "renderId" => "r2", "estimatedTime" => 3 })

    assert_equal [first.id, second.id], @client.queue.list.map(&:id)
    assert_equal [State::CANCELLED, State::ORDERED], @client.queue.list.map(&:state)
  end

  def test_a_pass_that_waits_is_the_only_sender
    @client.queue.add(png)
    run_task { @client.queue.run_pass }

    second = run_task { client.queue.run_pass }

    assert_equal [false, ["POST /renders"]], [second.value.sender, @host.waiting]
  end

  def test_a_queue_that_was_stopped_sends_nothing_and_can_be_started_again
    @client.queue.start
    @host.pass
    @client.queue.stop
    @client.queue.add(png)
    @host.pass(60)
    stopped = @host.waiting

    @client.queue.start
    @host.pass

    assert_equal [[], ["POST /renders"]], [stopped, @host.waiting]
  end

  def test_the_queue_notices_that_the_network_is_back
    @client.queue.start
    @client.queue.add(png)
    @host.pass
    refuse_orders(6)
    @host.pass(5)

    @host.answer("GET /health")

    assert_equal ["POST /renders"], @host.waiting
  end

  # Refuses connections until so many orders were tried.
  def refuse_orders(count)
    until count.zero?
      @host.pass(1) while @host.waiting.empty?
      count -= 1 if @host.waiting == ["POST /renders"]
      @host.fail(@host.waiting.first, was_sent: false)
    end
    @host.fail("GET /health")
  end

  def test_a_host_that_ends_loses_nothing
    item = @client.queue.add(png)
    run_task { @client.queue.run_pass }
    key = @host.exchanges.first.headers["Idempotency-Key"]
    GC.start

    @host = ManualHost.new
    @client = client(directory: copy_of_the_folder)
    run_task { @client.queue.run_pass }

    assert_equal [item.id, false], [@client.queue.list.first.id, @client.queue.list.first.editable?]
    assert_equal key, @host.exchanges.first.headers["Idempotency-Key"]
  end

  # What a process finds on disk after the one that had the locks has ended.
  def copy_of_the_folder
    "#{folder}/copy".tap do |copy|
      FileUtils.mkdir(copy)
      FileUtils.cp_r("#{folder}/queue-ruby", copy)
    end
  end
end
