# frozen_string_literal: true

require_relative "helper"

# What is on disk is whole, and a session is its owner's only.
class TestFilesAndTokens < Minitest::Test
  include InFolder

  TOKENS = Renderiq::Tokens.new(access_token: "access", refresh_token: "refresh", expires_at: 1_773_480_000.0,
                                email: "ada@example.com")

  def test_a_file_is_replaced_whole
    path = File.join(folder, "deep", "file")
    Renderiq::Files.write(path, "old")

    Renderiq::Files.write(path, "new")

    assert_equal "new", File.read(path)
    assert_equal ["file"], Dir.children(File.dirname(path))
  end

  def test_a_file_is_as_before_if_writing_it_fails
    path = File.join(folder, "file")
    Renderiq::Files.write(path, "old")

    assert_raises(ZeroDivisionError) { Renderiq::Files.replace(path) { |file| file.write(1 / 0) } }

    assert_equal "old", File.read(path)
    assert_equal ["file"], Dir.children(folder)
  end

  def test_a_full_disk_is_an_error_of_its_own
    error = assert_raises(Renderiq::DiskError) { fail_while_writing(Errno::ENOSPC) }

    assert_equal ["DISK_FULL", true, []], [error.code, error.retryable?, Dir.children(folder)]
  end

  def test_a_file_that_cannot_be_written_is_an_error_of_the_disk
    error = assert_raises(Renderiq::DiskError) { fail_while_writing(Errno::EACCES) }

    assert_equal "DISK_ERROR", error.code
  end

  def fail_while_writing(error)
    Renderiq::Files.replace(File.join(folder, "file")) { raise error }
  end

  def test_a_full_disk_is_not_waited_for
    error = Renderiq::DiskError.new("DISK_FULL", "Full.", retryable: true)

    assert_nil Renderiq::Retries.pause(error, 1, 0.5)
  end

  def test_a_lock_excludes_other_threads
    path = File.join(folder, "lock")
    taken = -> { Renderiq::Locks.try(path) { |is_held| is_held } }

    during = Renderiq::Locks.hold(path, Renderiq::Clock.new) { Thread.new(&taken).value }

    assert_equal [false, true], [during, taken.call]
  end

  def test_a_lock_is_waited_for
    path = File.join(folder, "lock")
    order = []
    holder = Thread.new { Renderiq::Locks.hold(path, Renderiq::Clock.new) { sleep(0.2) && (order << :first) } }
    sleep(0.01) until File.exist?(path) && !Renderiq::Locks.try(path) { |is_held| is_held }

    Renderiq::Locks.hold(path, Renderiq::Clock.new) { order << :second }
    holder.join

    assert_equal %i[first second], order
  end

  def test_a_lock_ends_with_its_process
    path = File.join(folder, "lock")
    program = "require ARGV[0]; Renderiq::Locks.hold(ARGV[1], Renderiq::Clock.new) { puts; $stdout.flush; $stdin.read }"
    library = File.expand_path("../lib/renderiq", __dir__)
    IO.popen([RbConfig.ruby, "-e", program, library, path], "r+") do |process|
      process.gets
      refute(Renderiq::Locks.try(path) { |is_held| is_held })
      Process.kill(:KILL, process.pid)
    end

    assert(Renderiq::Locks.try(path) { |is_held| is_held })
  end

  def test_a_session_is_its_owners_only
    store = Renderiq::FileTokenStore.new(File.join(folder, "session.json"))

    store.save(TOKENS)

    assert_equal 0o600, File.stat(File.join(folder, "session.json")).mode & 0o777
    assert_equal TOKENS, store.load
  end

  def test_a_session_that_was_forgotten_is_gone
    store = Renderiq::FileTokenStore.new(File.join(folder, "session.json"))
    store.save(TOKENS)

    2.times { store.clear }

    assert_nil store.load
  end

  ["", "{", "[]", '{"access_token": 1}', '{"access_token": "a", "expires_at": "soon"}'].each do |content|
    define_method("test_a_damaged_session_is_no_session: #{content}") do
      File.write(File.join(folder, "session.json"), content)

      assert_nil Renderiq::FileTokenStore.new(File.join(folder, "session.json")).load
    end
  end

  def test_a_session_of_a_newer_version_is_read
    File.write(File.join(folder, "session.json"), JSON.generate(TOKENS.to_h.merge(moon_phase: "full")))

    assert_equal TOKENS, Renderiq::FileTokenStore.new(File.join(folder, "session.json")).load
  end

  def test_a_session_is_not_shown
    refute_includes TOKENS.inspect + TOKENS.to_s, "refresh"
  end

  def test_the_folder_can_be_named
    assert_equal folder, Renderiq::Files.data_directory({ "RENDERIQ_HOME" => folder })
  end

  { "2026-03-14T09:26:53Z" => 1_773_480_413.0, "2026-03-14T09:26:53.500Z" => 1_773_480_413.5,
    "2026-03-14T10:26:53+01:00" => 1_773_480_413.0, "2026-03-14T09:26:53" => 1_773_480_413.0,
    "soon" => 0.0, "" => 0.0 }.each do |text, seconds|
    define_method("test_a_time_of_the_wire_is_read: #{text}") { assert_equal seconds, Renderiq::Times.read(text) }
  end
end
