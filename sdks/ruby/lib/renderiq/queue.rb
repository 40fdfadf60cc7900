# frozen_string_literal: true

require "securerandom"
require_relative "queue/items"
require_relative "queue/store"
require_relative "queue/sender"
require_relative "queue/worker"

module Renderiq
  # <tt>client.queue</tt>: orders on disk, which are sent when the server can be reached. They survive an outage, a
  # crash and a full disk, and are paid once. Several processes may share the directory.
  class Queue
    def initialize(api, directory, parallel:)
      @api = api
      @store = Store.new(directory)
      @sender = Sender.new(api, @store, parallel: parallel)
      @worker = Worker.new(api.runtime, run_pass: method(:run_pass), reachable: method(:reachable?),
                                        wake: method(:wake))
    end

    # Stores an order and returns at once, online or not.
    #
    # The pictures are copied. +model_file+ is the path of a 3D model for the path tracer, which may be large: it is
    # linked where the disk can do that, so the program does not change that file any more, but may delete it. The
    # result goes to +output+, or into the queue's folder +results+. Raises DiskError if the disk is full; nothing is
    # stored then.
    def add(image, depth_image: nil, material_id_image: nil, normal_image: nil, model_file: nil, output: nil, **options)
      files = Options.read_pictures(image: image, depth_image: depth_image, material_id_image: material_id_image,
                                    normal_image: normal_image)
      files = files.map { |name, file| [name.to_s, named(name, file)] }.to_h
      files["model_file"] = Bodies::LargeFile.of("model_file", model_file) if model_file
      order = Order.fresh(
        now: now, id: SecureRandom.uuid, key: SecureRandom.uuid, fields: Options.wire(options).compact,
        pictures: files.transform_values(&:name), output: output && File.expand_path(output.to_s)
      )
      changed(@store.add(order, files))
    end

    # Returns all orders, in the order they were added, as Item.
    def list
      @store.all.map { |order| item(order) }
    end

    # Returns an order. Raises StateError.
    def get(id)
      item(@store.get(id))
    end

    # Why nothing is sent: too few credits, or nobody is signed in. Returns Paused, or nil if the queue is not paused.
    def paused
      @store.paused
    end

    # Goes on after a pause.
    def resume
      @store.resume(now)
      @worker.notify
    end

    # Tries at once what failed temporarily. Call it when the network is back.
    def wake
      @store.wake(now)
      @worker.notify
    end

    # Changes an order that the server has not accepted, and sends it as a new one. Raises StateError.
    def edit(id, **options)
      change(id) do |order|
        unless order.editable?
          raise StateError.new("NOT_EDITABLE", "The order was sent already, so it cannot be changed any more.")
        end

        order.renewed(SecureRandom.uuid, order.fields.merge(Options.wire(options)).compact, now: now)
      end
    end

    # Sends an order that has failed or was cancelled again, as a new one. Raises StateError.
    def retry(id)
      change(id) do |order|
        unless [State::FAILED, State::CANCELLED].include?(order.state)
          raise StateError.new("NOT_SETTLED", "Only an order that has failed or was cancelled can be tried again.")
        end

        order.renewed(SecureRandom.uuid, order.fields, now: now)
      end
    end

    # Cancels an order: at once if it was never sent, and else as soon as the server can be asked.
    #
    # Its credits are returned unless its render has completed meanwhile; then it is done. An order that has ended stays
    # as it is.
    def cancel(id)
      change(id) do |order|
        next order if order.ended?

        order.unsent? && !order.unsure ? order.settled(State::CANCELLED) : order.to_be_cancelled(now)
      end
    end

    # Forgets an order that has ended. Its result stays. Raises StateError.
    def remove(id)
      raise StateError.new("NOT_SETTLED", "The order has not ended. Cancel it first.") unless @store.get(id).ended?

      @store.remove(id)
    end

    # Does once everything that is due. Returns a Pass. +start+ does that in the background.
    def run_pass
      @sender.run_pass
    end

    # Makes passes until nothing is to come by itself: everything has ended, or the queue is paused.
    def drain
      loop do
        done = run_pass
        return done unless done.next

        @api.clock.sleep(done.sender ? done.next : [done.next, Worker::OTHER_SENDER_SECONDS].max)
      end
    end

    # Makes passes in the background until +stop+: in a thread of its own, or in a task of the client's host.
    def start
      @store.remove_orphans
      @worker.start
    end

    # Ends that after the request that is under way.
    def stop
      @worker.stop
    end

    private

    def change(id, &block)
      changed(@store.change(id, &block))
    end

    def changed(order)
      @worker.notify
      item(order)
    end

    # The name of a picture in the folder of its order.
    def named(field, file)
      extension = File.extname(file.name)
      Bodies::Attachment.new("#{field}#{extension.empty? ? ".png" : extension}", file.content, file.content_type)
    end

    def reachable?
      @api.without_retries.call("GET", "/health", signed_in: false)
      true
    rescue Error
      false
    end

    def item(order)
      Item.of(order, now)
    end

    def now
      @api.clock.now
    end
  end
end
